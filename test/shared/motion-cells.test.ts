import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cellsFromHex, cellsFromText, cellsToHex, cellsToText, InvalidParameterError } from '../../src/shared/index.js';
import { withNvr } from './with-nvr.js';

const layout = fc.record({ columns: fc.integer({ min: 1, max: 40 }), rows: fc.integer({ min: 1, max: 40 }) });
const grid = layout.chain(({ columns, rows }) =>
  fc.array(fc.array(fc.boolean(), { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
);

describe('the cells of motion detection', () => {
  it.each([
    { text: '#.......', hex: '80' },
    { text: '.......#', hex: '01' },
    { text: '###\n...\n###', hex: 'E380' },
    { text: '#.#.#.#.#', hex: 'AA80' },
    { text: '.\n.\n#', hex: '20' },
  ])('$hex is $text', ({ text, hex }) => {
    const cells = cellsFromText(text);
    expect(cellsToHex(cells)).toBe(hex);
    const [columns, rows] = [cells[0]?.length ?? 0, cells.length];
    expect(cellsToText(cellsFromHex(hex, { columns, rows }))).toBe(text);
    expect(cellsFromHex(hex.toLowerCase(), { columns, rows })).toEqual(cells);
  });

  it('come back as they were, filled with zeros to whole bytes', () => {
    fc.assert(
      fc.property(grid, (cells) => {
        const [columns, rows] = [cells[0]?.length ?? 0, cells.length];
        const hex = cellsToHex(cells);
        expect(hex).toHaveLength(Math.ceil((columns * rows) / 8) * 2);
        const bits = [...Buffer.from(hex, 'hex')].map((byte) => byte.toString(2).padStart(8, '0')).join('');
        expect(bits.slice(columns * rows)).toMatch(/^0*$/);
        expect(cellsFromHex(hex, { columns, rows })).toEqual(cells);
        expect(cellsFromText(cellsToText(cells))).toEqual(cells);
      }),
    );
  });

  it('are read whatever the bits after the last cell are', () => {
    expect(cellsFromHex('9F', { columns: 2, rows: 2 })).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it.each<[string, () => unknown, string]>([
    ['too few digits', () => cellsFromHex('FF', { columns: 3, rows: 3 }), 'cellSettings'],
    ['too many digits', () => cellsFromHex('FFFFFF', { columns: 3, rows: 3 }), 'cellSettings'],
    ['what is no hexadecimal digit', () => cellsFromHex('FG80', { columns: 3, rows: 3 }), 'cellSettings'],
    ['a grid without rows', () => cellsFromHex('', { columns: 3, rows: 0 }), 'cellLayout'],
    ['half a column', () => cellsFromHex('FF', { columns: 1.5, rows: 4 }), 'cellLayout'],
    ['more cells than can be', () => cellsFromHex('FF', { columns: 2 ** 40, rows: 2 ** 40 }), 'cellLayout'],
    ['no rows', () => cellsToHex([]), 'cells'],
    ['rows of nothing', () => cellsToHex([[], []]), 'cells'],
    ['rows of different lengths', () => cellsToHex([[true], [true, false]]), 'cells/1'],
    ['other marks', () => cellsFromText('#x'), 'text'],
    ['no marks', () => cellsFromText(''), 'text'],
  ])('refuses %s', (_case, act, path) => {
    expect(act).toThrow(InvalidParameterError);
    expect(act).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER', path }));
  });
});

describe('the motion detection of a channel', () => {
  const context = withNvr();

  it('is read as a grid, changed and written', async () => {
    const stream = { ChannelID: 1, mainsub: 0 };
    const { alarm } = context.client;
    const [before] = await alarm.getAnalyticsMotionSettings(stream);
    const { columns = 0, rows = 0 } = before?.cellLayout ?? {};
    const cells = cellsFromHex(before?.cellSettings ?? '', { columns, rows });
    expect(cells.flat().every((on) => on)).toBe(true);

    const half = cells.map((row) => row.map((_, column) => column < columns / 2));
    await alarm.setAnalyticsMotionSettings({
      body: [{ channel: 1, mainsub: 0, switch: true, cellSettings: cellsToHex(half) }],
    });
    const [after] = await alarm.getAnalyticsMotionSettings(stream);
    expect(cellsFromHex(after?.cellSettings ?? '', { columns, rows })).toEqual(half);
  });

  it('names the channels where it could not be set', async () => {
    const entry = { mainsub: 0, switch: true, sensitivity: 10 };
    const body = [
      { ...entry, channel: 1 },
      { ...entry, channel: 2, cellSettings: 'FF' },
      { ...entry, channel: 7 },
    ];
    await expect(context.client.alarm.setAnalyticsMotionSettings({ body })).rejects.toMatchObject({
      code: 'NVR_REFUSED',
      description:
        'channel 2: cellResult FAIL (cells of another layout); channel 7: moduleResult FAIL, cellResult FAIL (no such channel)',
    });
    const [first] = await context.client.alarm.getAnalyticsMotionSettings({ ChannelID: 1, mainsub: 0 });
    expect(first?.sensitivity).toBe(10);
  });
});
