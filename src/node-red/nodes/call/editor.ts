import { callNode } from '../../editor/call-node.js';

export default callNode('call', {
  paletteLabel: 'NVR call',
  operation: 'getSystemInfo',
  // What no other node does, this one does.
  words:
    'api operation request camera picture motion alarm relay ptz record schedule live talk user network disk log time reboot',
});
