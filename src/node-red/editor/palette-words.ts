import { translated } from './texts.js';

/**
 * Makes the palette find a node by words that are neither its type nor its label. Node-RED has no keywords for nodes: its
 * palette searches the type and this attribute, in which it keeps the label. Where a release keeps it elsewhere, the words
 * are of no use and do no harm.
 */
export function addPaletteWords(type: string, words: string): void {
  const entry = $(`.red-ui-palette-node[data-palette-type="${type}"]`);
  const label = entry.attr('data-palette-label');
  if (words !== '' && label !== undefined) entry.attr('data-palette-label', `${label} ${words} ${translated(words)}`);
}
