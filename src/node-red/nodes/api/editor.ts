import { callNode } from '../../editor/call-node.js';

export default callNode('api', 'getSystemInfo');
