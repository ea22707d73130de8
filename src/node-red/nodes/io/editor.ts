import { callNode } from '../../editor/call-node.js';

export default callNode('call', { paletteLabel: 'io', operation: 'getPinStatus', hidden: true });
