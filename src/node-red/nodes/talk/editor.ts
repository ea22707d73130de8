import { type CallConfig, callNode } from '../../editor/call-node.js';
import type { NodeType } from '../../editor/red.js';
import { isLiteral } from '../../editor/requirements.js';
import { runButton } from '../../editor/run-button.js';
import { translated } from '../../editor/texts.js';
import type { Rows } from '../../rows/row.js';

const talk = callNode('talk', {
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

/** A file or silence needs no message. */
const needsNoMessage = ({ operation, params }: { operation: string; params: Rows | undefined }) =>
  operation === 'stopSpeaking' || params?.['file'] !== undefined;

export default {
  ...talk,
  button: {
    ...runButton,
    visible() {
      return needsNoMessage(this);
    },
  },
} satisfies NodeType<CallConfig>;
