import { type CallConfig, callNode } from '../../editor/call-node.js';
import { findAction } from '../../editor/forms.js';
import type { NodeType } from '../../editor/red.js';
import { isLiteral } from '../../editor/requirements.js';
import { runButton } from '../../editor/run-button.js';
import { translated } from '../../editor/texts.js';
import type { Rows } from '../../rows/row.js';

/** "Gate: camera 2", where that is what the node does. */
function label({ name, operation, params }: { name: string; operation: string; params: Rows | undefined }): string {
  const typed = (row: string) => {
    const stored = params?.[row];
    return stored && isLiteral(stored) ? stored.value : '';
  };
  const what = { showPreset: typed('preset'), moveCamera: typed('direction') }[operation] ?? '';
  if (name !== '' || what === '') return name;
  const camera = typed('camera');
  return camera === '' ? what : `${what}: ${/^\d+$/.test(camera) ? `${translated('camera')} ${camera}` : camera}`;
}

export default {
  ...callNode('ptz', {
    ...{ paletteLabel: 'camera PTZ', operation: 'showPreset', label },
    words: 'pan tilt zoom move preset position tour patrol',
  }),
  button: {
    ...runButton,
    visible() {
      return (
        findAction(this.type, this.operation) !== undefined &&
        Object.values(this.params ?? {}).every(({ type }) => type !== 'msg')
      );
    },
  },
} satisfies NodeType<CallConfig>;
