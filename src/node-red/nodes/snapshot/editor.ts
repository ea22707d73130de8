import { callNode } from '../../editor/call-node.js';

export default callNode('call', { paletteLabel: 'snapshot', operation: 'takeSnapshot', hidden: true });
