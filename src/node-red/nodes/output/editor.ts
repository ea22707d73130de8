import { callNode } from '../../editor/call-node.js';
import { isLiteral } from '../../editor/requirements.js';
import { translated } from '../../editor/texts.js';
import type { Rows } from '../../rows/row.js';

const typed = (params: Rows | undefined, name: string) => {
  const row = params?.[name];
  return row && isLiteral(row) ? row.value : '';
};

/** "Gate on (DO 5)". */
function label({ name, operation, params }: { name: string; operation: string; params: Rows | undefined }): string {
  const pin = typed(params, 'pin');
  const what = {
    switchOutput: typed(params, 'value'),
    pulseOutput: translated('pulse'),
    toggleOutput: translated('toggle'),
    readOutput: translated('read'),
    readInput: translated('read'),
  }[operation];
  const where = pin && `${operation === 'readInput' ? 'DI' : 'DO'} ${pin}`;
  if (what === undefined) return name;
  return [name || translated('alarm output'), what, where && `(${where})`].filter(Boolean).join(' ');
}

export default callNode('output', {
  ...{ paletteLabel: 'alarm output', operation: 'switchOutput', label },
  words: 'relay gate door siren light switch gpio di do input pulse toggle on off',
  params: { value: { type: 'msg', value: 'payload' } },
});
