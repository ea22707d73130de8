import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import type { Response } from 'express';
import { HEAD, pieceKinds } from '../../src/node-red/nodes/tile/pieces.js';
import { Lane } from '../../src/node-red/nodes/tile/sending.js';
import { codecOf } from '../../src/node-red/nodes/tile/widget/codec.js';
import { byKind, hasRoom, merged, rangeOf, stripe, ticks } from '../../src/node-red/nodes/tile/widget/hours-shown.js';
import { type Piece, PieceReader } from '../../src/node-red/nodes/tile/widget/piece-reader.js';
import { type Languages, localeOf, textsIn } from '../../src/node-red/nodes/tile/widget/texts.js';

const HOUR = 3_600_000;
const folder = new URL('../../src/node-red/nodes/tile/widget/', import.meta.url);

describe('what a tile is sent', () => {
  const written: Buffer[] = [];
  const response = { write: (bytes: Buffer) => written.push(bytes) } as unknown as Response;
  const piece = { codec: 'h264', duration: 0 } as const;
  new Lane(response, 0).write({ ...piece, kind: 'start', data: Buffer.from('begin'), timestamp: 1 });
  new Lane(response, 7).write({ ...piece, kind: 'fragment', data: Buffer.from('picture'), timestamp: 1.5e12 + 0.25 });
  new Lane(response, 7).tell({ now: { active: ['motion'], camera: 'Tür' } });
  const bytes = new Uint8Array(Buffer.concat(written));
  const all = [
    { lane: 0, piece: { kind: 'start', data: new Uint8Array(Buffer.from('begin')) } },
    { lane: 7, piece: { kind: 'fragment', time: 1.5e12 + 0.25, data: new Uint8Array(Buffer.from('picture')) } },
    { lane: 7, piece: { kind: 'news', news: { now: { active: ['motion'], camera: 'Tür' } } } },
  ];

  it('piles up for nobody who takes nothing', () => {
    const gone: string[] = [];
    let writableLength = 0;
    const deaf = {
      get writableLength() {
        return writableLength;
      },
      write: ({ length }: Buffer) => void (writableLength += length),
      get destroyed() {
        return gone.length > 0;
      },
      destroy: () => void gone.push('page'),
    };
    const hits: string[] = [];
    const lane = new Lane(deaf as unknown as Response, 0, { hit: (limit) => void hits.push(limit) });
    const active = Array.from({ length: 30 }, (_, index) => `event ${index}`);
    for (let count = 0; count < 100_000; count += 1) lane.tell({ now: { active } });
    expect(gone).toEqual(['page']);
    expect(hits).toEqual(['viewer.waiting']);
    expect(writableLength).toBeLessThan(10_000_000);
  });

  it.each([1, 3, 7, 10_000])('is read as it was written, %i bytes at a time', (size) => {
    const reader = new PieceReader();
    const read: { lane: number; piece: Piece }[] = [];
    for (let at = 0; at < bytes.length; at += size) read.push(...reader.push(bytes.slice(at, at + size)));
    expect(read).toEqual(all);
  });

  it('is passed over where it is of a later release, and refused where it is none', () => {
    const head = (length: number, kind: number) => {
      const bytes = new Uint8Array(HEAD);
      new DataView(bytes.buffer).setUint32(0, length);
      bytes[5] = kind;
      return bytes;
    };
    expect(new PieceReader().push(head(0, 99))).toEqual([]);
    expect(() => new PieceReader().push(head(2 ** 31, pieceKinds.start))).toThrow(RangeError);
    expect(() => new PieceReader().push(head(0, pieceKinds.fragment))).toThrow(RangeError);
  });
});

describe('the codec of a video', () => {
  const box = (name: string, ...bytes: number[]) => new Uint8Array([0, 0, 0, 9, ...Buffer.from(name), ...bytes]);

  it.each([
    ['H.264, high, 4.0', box('avcC', 1, 0x64, 0, 0x28), 'avc1.640028'],
    ['H.264, constrained baseline, 3.0', box('avcC', 1, 0x42, 0xc0, 0x1e), 'avc1.42c01e'],
    ['H.265, main, 3.1', box('hvcC', 1, 1, 0x60, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 93), 'hvc1.1.6.L93.B0'],
    ['H.265, main, high tier, 5.0', box('hvcC', 1, 0x21, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 150), 'hvc1.1.6.H150'],
    ['something else', box('av1C', 1), undefined],
  ])('%s', (_, start, codec) => expect(codecOf(start)).toBe(codec));
});

describe('the hours below the picture', () => {
  const now = Date.UTC(2026, 2, 1, 12, 30, 20);
  const range = rangeOf(6, undefined, now);

  it('end now, at a full minute, unless others are looked at, and never later', () => {
    expect(range).toEqual({ from: Date.UTC(2026, 2, 1, 6, 31), to: Date.UTC(2026, 2, 1, 12, 31) });
    expect(rangeOf(1, now - 24 * HOUR, now).to).toBe(Date.UTC(2026, 1, 28, 12, 31));
    expect(rangeOf(1, now + 24 * HOUR, now).to).toBe(range.to);
  });

  it('have marks at full hours of the NVR, also where its zone is off by half of one', () => {
    expect(ticks(range, 0)[0]).toBe(Date.UTC(2026, 2, 1, 7));
    expect(ticks(range, 5.5 * HOUR)[0]).toBe(Date.UTC(2026, 2, 1, 7, 30));
    expect(ticks(rangeOf(1, undefined, now), 0)).toHaveLength(4);
    expect(ticks(rangeOf(24, undefined, now), 0)).toHaveLength(6);
    // The last one begins too near to the end.
    const hours = ticks(range, 0);
    expect(hours.filter((time) => hasRoom(time, range))).toEqual(hours.slice(0, -1));
  });

  it('show what is in them, cut where they end', () => {
    expect(stripe(range.from, range.from + 3 * HOUR, range)).toEqual({ left: '0.00%', width: '50.00%' });
    expect(stripe(range.to - 3 * HOUR, range.to + HOUR, range)).toEqual({ left: '50.00%', width: '50.00%' });
    expect(stripe(range.to, range.to + HOUR, range)).toBeUndefined();
  });

  it('count events by kind, and one that was heard and is found as one', () => {
    const found = [
      { kind: 'input', from: now - HOUR, to: now - HOUR + 5000 },
      { kind: 'motion', from: now - HOUR, to: now - HOUR + 5000 },
      { kind: 'motion', from: now - 12 * HOUR, to: now - 12 * HOUR + 5000 },
    ];
    const heard = [
      { kind: 'motion', from: now - HOUR + 1500 },
      { kind: 'motion', from: now - 60_000 },
    ];
    const kinds = byKind(merged(found, heard), range);
    expect(kinds.map(([kind, events]) => [kind, events.length])).toEqual([
      ['motion', 2],
      ['input', 1],
    ]);
  });
});

describe('the texts of a tile', () => {
  const texts = (language: string) =>
    JSON.parse(readFileSync(new URL(`locales/${language}.json`, folder), 'utf8')) as Record<string, string>;
  const [en, de, zh] = [texts('en-US'), texts('de'), texts('zh-TW')];
  const languages: Languages = { en, de, zh };

  it.each(Object.entries({ de, zh }))('are complete: %s', (_, other) => {
    expect(Object.keys(other)).toEqual(Object.keys(en));
    expect(Object.values(other).filter((text) => text.trim() === '')).toEqual([]);
  });

  it('are all that the page asks for, and no more', () => {
    const source = readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'))
      .join('\n');
    const asked = [...source.matchAll(/\btext\('(\w+)'\)/g)].map(([, key]) => key);
    // Buttons, directions, kinds of events and problems are named by the code that they belong to.
    const isNamed = (key: string) =>
      source.includes(`'${key.replace(/^problem/, '')}'`) || /^problem(BUSY|NOT_FOUND|OFFLINE)$/.test(key);
    expect(Object.keys(en)).toEqual(expect.arrayContaining(asked));
    expect(Object.keys(en).filter((key) => !asked.includes(key) && !isNamed(key))).toEqual([]);
  });

  it.each([
    [['de-AT', 'en'], 'Zurück zu Live'],
    [['fr', 'zh-TW'], '返回即時'],
    [['fr'], 'Back to live'],
  ])('are in the first language of %j that there is', (wanted, says) => {
    expect(textsIn(languages, wanted)('backToLive')).toBe(says);
  });

  it('leave times to a language that is one', () => {
    expect([localeOf(['en-US@posix', 'de-DE']), localeOf([])]).toEqual(['de-DE', 'en']);
  });
});
