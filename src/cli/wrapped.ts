import { lengthOf } from './table.js';

/** Lines of a text of at most so many columns where its words allow it, each after the indent; its own lines stay apart. */
export function wrapped(text: string, indent: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const lead = indent + (/^ */.exec(line)?.[0] ?? '');
      const lines = [''];
      for (const word of line.trimStart().split(' ')) {
        const last = lines.at(-1) ?? '';
        if (last !== '' && lengthOf(`${lead}${last} ${word}`) > width) lines.push(word);
        else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
      }
      return lines.map((each) => lead + each);
    })
    .join('\n');
}
