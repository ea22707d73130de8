import { readFileSync } from 'node:fs';

const EXAMPLE = /<!-- docs\/examples\/([\w-]+\.ts) -->\n(?:\n```ts\n[^]*?\n```\n)?/g;
const ERRORS = /<!-- errors -->\n(?:\n\|[^]*?\|\n(?=\n))?/;

/** The page of the driver with its examples and its table of errors as they are now. */
export function driverPage(page: string): string {
  return page
    .replace(EXAMPLE, (_, file: string) => {
      const code = readFileSync(new URL(`../../docs/examples/${file}`, import.meta.url), 'utf8');
      return `<!-- docs/examples/${file} -->\n\n\`\`\`ts\n${code}\`\`\`\n`;
    })
    .replace(ERRORS, () => `<!-- errors -->\n\n${errorTable()}\n`);
}

/** An error that the driver throws. */
export interface ErrorRow {
  readonly name: string;
  readonly code: string;
  readonly recoverable: boolean;
  readonly meaning: string;
}

/** Every error of src/shared/errors.ts, in its order. */
export function errorRows(): readonly ErrorRow[] {
  const source = readFileSync(new URL('../../src/shared/errors.ts', import.meta.url), 'utf8');
  const declared =
    /\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport class (\w+) extends (Recoverable|Fatal)Error \{\n {2}readonly code = '(\w+)'/g;
  return [...source.matchAll(declared)].map(([, comment = '', name = '', kind, code = '']) => ({
    ...{ name, code, recoverable: kind === 'Recoverable' },
    meaning: comment.replace(/\s*\n \* ?/g, ' ').trim(),
  }));
}

function errorTable(): string {
  const rows = errorRows().map(
    ({ name, code, recoverable, meaning }) =>
      `| \`${code}\` | \`${name}\` | ${recoverable ? 'recoverable' : 'fatal'} | ${meaning} |`,
  );
  return ['| Code | Class | | When |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
