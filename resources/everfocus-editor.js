/*
 * Builds the forms of all everfocus nodes in the Node-RED editor. What the forms contain comes from the operation
 * declarations, served as data by the runtime: there is no second list of operations or parameters here.
 */
import { callNode, colours } from './editor/call-node.js';
import { loading } from './editor/forms.js';
import { t } from './editor/texts.js';

/** For the scripts in the nodes' HTML. */
globalThis.everfocus = { callNode, colours, forms: loading, t };

$('<link rel="stylesheet">').attr('href', 'resources/homebridge-everfocus-nvr/everfocus-editor.css').appendTo('head');
