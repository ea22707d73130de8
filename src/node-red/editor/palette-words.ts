import type { NodeType } from './red.js';
import { showStatusesInLanguage } from './status-text.js';
import { translated } from './texts.js';

/**
 * Makes the palette find a node by words that are neither its type nor its label. Node-RED has no keywords for nodes: its
 * palette searches the type and this attribute, in which it keeps the label. Where a release keeps it elsewhere, the words
 * are of no use and do no harm.
 */
function addPaletteWords(type: string, words: string): void {
  const entry = $(`.red-ui-palette-node[data-palette-type="${type}"]`);
  const label = entry.attr('data-palette-label');
  if (words !== '' && label !== undefined) entry.attr('data-palette-label', `${label} ${words} ${translated(words)}`);
}

/** Node types as the palette has them: labelled in the editor's language, and found by their English labels and words, too. */
export function inLanguage<Types extends Record<string, Pick<NodeType<never>, 'paletteLabel' | 'words'>>>(
  types: Types,
): Record<string, Types[string]> {
  return Object.fromEntries(
    Object.entries(types).map(([name, type]) => {
      const { paletteLabel = '', words = '' } = type;
      const own = `${name === 'tile' ? 'ui-' : ''}everfocus-${name}`;
      const onpaletteadd = () => {
        addPaletteWords(own, words);
        addPaletteWords(own, paletteLabel);
        showStatusesInLanguage(own);
      };
      return [name, { ...type, ...(paletteLabel !== '' && { paletteLabel: translated(paletteLabel), onpaletteadd }) }];
    }),
  ) as Record<string, Types[string]>;
}
