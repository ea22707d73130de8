import { callNode } from '../../editor/call-node.js';
import { isLiteral } from '../../editor/requirements.js';
import { translated } from '../../editor/texts.js';

export default callNode('talk', {
  ...{ paletteLabel: 'camera talk', operation: 'speak', outputs: 0 },
  words: 'speak say sound audio announce speaker intercom',
  params: { audio: { type: 'msg', value: 'payload' } },
  label({ name, params }) {
    const row = params?.['camera'];
    const camera = row && isLiteral(row) ? row.value : '';
    const where = /^\d+$/.test(camera) ? `${translated('camera')} ${camera}` : camera;
    return name || (where && `${translated('talk')}: ${where}`);
  },
});
