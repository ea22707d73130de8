import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import JSON5 from 'json5';
import { checkJsonBudget } from '../../src/shared/json-budget.js';

/** Lists and objects within each other, and commas and lists and objects in all, as they are counted. */
function sizeOf(value: unknown): { depth: number; values: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, values: 0 };
  const fields = Object.values(value);
  const sizes = fields.map(sizeOf);
  return {
    depth: 1 + Math.max(0, ...sizes.map(({ depth }) => depth)),
    values: sizes.reduce((sum, { values }) => sum + values, 1 + Math.max(0, fields.length - 1)),
  };
}

const exceeded = (text: string, budget: { depth: number; values: number }, spelling: 'JSON' | 'JSON5') => {
  try {
    checkJsonBudget(text, budget, spelling);
    return 'nothing';
  } catch (error) {
    return (error as { limit?: string }).limit;
  }
};

/** A text that means the same, with comments and blanks between its signs. */
function commented(value: unknown, comments: readonly string[]): string {
  let next = 0;
  const between = () => comments[next++ % comments.length] ?? '';
  const written = (part: unknown): string => {
    if (typeof part !== 'object' || part === null) return between() + JSON5.stringify(part) + between();
    if (Array.isArray(part)) return `[${part.map(written).join()}${between()}]`;
    const fields = Object.entries(part).map(
      ([name, field]) => `${between()}${JSON5.stringify(name)}:${written(field)}`,
    );
    return `{${fields.join()}${between()}}`;
  };
  return written(value);
}

const odd = fc.constantFrom('', ' ', '/*[{,"*/', "// it's\n", '//{[,\u2028', '/**/', "/*'//*/", '\t//"\r');
/** Texts that look like something else. */
const text = fc.string({ unit: fc.constantFrom('"', "'", '\\', '[', '{', ',', ':', '/', '*', '\n', 'a', '\u2028') });
const { value: document } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
}));

describe('what a text would become is counted as it is', () => {
  it('in JSON', () => {
    fc.assert(
      fc.property(document, (value) => {
        const { depth, values } = sizeOf(value);
        const written = JSON.stringify(value);
        expect(exceeded(written, { depth, values: values + 1 }, 'JSON')).toBe('nothing');
        if (depth > 0) {
          expect(exceeded(written, { depth: depth - 1, values: values + 1 }, 'JSON')).toBe('json.depth');
          expect(exceeded(written, { depth, values }, 'JSON')).toBe('json.values');
        }
      }),
    );
  });

  it('in JSON5, whatever stands in comments and texts', () => {
    fc.assert(
      fc.property(document, fc.array(odd, { minLength: 1, maxLength: 20 }), (value, comments) => {
        const { depth, values } = sizeOf(value);
        const written = commented(value, comments);
        expect(JSON5.parse(written)).toEqual(value);
        expect(exceeded(written, { depth, values: values + 1 }, 'JSON5')).toBe('nothing');
        if (depth > 0) {
          expect(exceeded(written, { depth: depth - 1, values: values + 1 }, 'JSON5')).toBe('json.depth');
          expect(exceeded(written, { depth, values }, 'JSON5')).toBe('json.values');
        }
      }),
    );
  });

  it('up to where it breaks off', () => {
    for (const broken of ['/*', '//', "'", '"', "'\\", '/', '[/', '{/*[[[[', "['[[[["])
      expect(exceeded(broken, { depth: 1, values: 3 }, 'JSON5')).toBe('nothing');
  });
});

it('names without quotes are as long as they are, not as long as the text before them', () => {
  const json = `{a:'${'x'.repeat(300)}',b:1}`;
  expect(() => checkJsonBudget(json, { depth: 2, values: 9, name: 256 }, 'JSON5')).not.toThrow();
  expect(() => checkJsonBudget(json, { depth: 2, values: 9, text: 256 }, 'JSON5')).toThrow(/a text of more than 256/);
});
