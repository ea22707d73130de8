import { callNode } from '../../editor/call-node.js';

export default callNode('snapshot', 'takeSnapshot');
