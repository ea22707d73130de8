import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cellsOf, layoutOf, textOfCells, withCells } from '../../src/node-red/nodes/settings/editor/cells.js';
import { cellsFromHex, cellsToHex } from '../../src/shared/index.js';

const WHOLE = { left: 0, top: 0, width: 1, height: 1 };

describe('The cells of a dialog', () => {
  it('are those of the driver, to and fro', () => {
    const grid = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })).chain(([columns, rows]) =>
      fc.array(fc.array(fc.boolean(), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    );
    fc.assert(
      fc.property(grid, (cells) => {
        const layout = { columns: cells[0]?.length ?? 0, rows: cells.length, box: WHOLE };
        const text = cellsToHex(cells);
        expect(textOfCells(cells.flat())).toBe(text);
        expect(cellsOf(text, layout)).toEqual(cellsFromHex(text, layout).flat());
      }),
      { numRuns: 50 },
    );
  });

  it.each(['', 'F', 'XX', 'FFFF'])('are none where the text is none: %j', (text) => {
    expect(cellsOf(text, { columns: 2, rows: 2, box: WHOLE })).toBeUndefined();
  });

  it('are painted as a rectangle', () => {
    const cells = withCells(
      Array<boolean>(9).fill(false),
      { columns: 3, rows: 3, box: WHOLE },
      { rows: [1, 3], columns: [0, 2] },
      true,
    );
    expect(cells.map(Number).join('')).toBe('000110110');
  });

  it.each<[string, unknown, unknown]>([
    [
      'that covers the picture',
      { columns: 22, rows: 18, transformation: { translate: { x: -1, y: -1 }, scale: { x: 2 / 22, y: 2 / 18 } } },
      WHOLE,
    ],
    [
      'that covers the middle',
      { columns: 2, rows: 2, transformation: { translate: { x: -0.5, y: -0.5 }, scale: { x: 0.5, y: 0.5 } } },
      { left: 0.25, top: 0.25, width: 0.5, height: 0.5 },
    ],
    ['that lies nobody knows where', { columns: 2, rows: 2 }, WHOLE],
    [
      'that would lie beside it',
      { columns: 2, rows: 2, transformation: { translate: { x: 3, y: 0 }, scale: { x: 1, y: 1 } } },
      WHOLE,
    ],
  ])('lie on the picture by a layout %s', (_, cellLayout, box) => {
    const layout = layoutOf([{ cellLayout }]);
    for (const [name, value] of Object.entries(box as object))
      expect(layout?.box[name as 'left']).toBeCloseTo(value as number);
  });

  it.each([
    undefined,
    [],
    [{}],
    [{ cellLayout: { columns: 0, rows: 5 } }],
    [{ cellLayout: { columns: 1e6, rows: 1e6 } }],
  ])('are not drawn without a layout that could be: %j', (settings) => {
    expect(layoutOf(settings)).toBeUndefined();
  });
});
