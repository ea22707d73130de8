import { callNode } from '../../editor/call-node.js';

export default callNode('call', { paletteLabel: 'api', operation: 'getSystemInfo', hidden: true });
