import { callNode } from '../../editor/call-node.js';
import { runButton } from '../../editor/run-button.js';

export default {
  ...callNode('recordings', {
    ...{ paletteLabel: 'recordings', operation: 'findEvents' },
    words: 'record video clip playback history export download search event motion log',
  }),
  button: runButton,
};
