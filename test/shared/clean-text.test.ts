import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cleanText } from '../../src/shared/clean-text.js';
import { leastWork } from '../support/work.js';

describe('cleanText', () => {
  it.each([
    ['a name', 'Front door', 'Front door'],
    ['accents, other scripts and signs', 'Entrée Ω 大門 №3', 'Entrée Ω 大門 №3'],
    ['an emoji of several parts', 'Kids 👨‍👩‍👧 🏳️‍🌈 👩🏽‍💻', 'Kids 👨‍👩‍👧 🏳️‍🌈 👩🏽‍💻'],
    ['a joiner that a script needs', 'می‌خواهم', 'می‌خواهم'],
    ['a forged line', 'door\r\n[warn] door is open', 'door [warn] door is open'],
    ['line breaks of Unicode', 'a\u2028b\u2029c\u0085d', 'a b c d'],
    ['escape sequences', '\u001b[2Jgone\u009b1m', '[2Jgone 1m'],
    ['NULs', 'a\0\0b\0', 'a b'],
    ['directions', '\u202egnp.exe\u202c \u2066x\u2069\u200f', 'gnp.exe x'],
    ['what shows nothing', '\u200b\ufeff\u3164\u00ad\u{e0041}x\u200d\u200c ', 'x'],
    ['half a character', 'a\ud83d b', 'a\ufffd b'],
    ['space around and within', '  a \t b  ', 'a b'],
    ['nothing', '\r\n \u200b', ''],
  ])('makes %s fit for a line', (_, text, clean) => {
    expect(cleanText(text, 200)).toBe(clean);
  });

  it('cuts, with the ellipsis within the length and no half characters', () => {
    expect(cleanText('abcdef', 6)).toBe('abcdef');
    expect(cleanText('abcdefg', 6)).toBe('abcde…');
    expect(cleanText('abc👨efg', 5)).toBe('abc…');
    expect(cleanText('می\u200cخواهم', 4)).toBe('می…');
    expect(cleanText(`a${'\0'.repeat(10_000)}b`, 10)).toBe('a…');
  });

  it('holds for texts of random characters, whatever their length', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { maxLength: 300, size: 'max' }), (codes) => {
        const clean = cleanText(String.fromCharCode(...codes), 100);
        expect(clean.length).toBeLessThanOrEqual(100);
        expect(clean.isWellFormed()).toBe(true);
        expect(clean).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
        expect(cleanText(clean, 100)).toBe(clean);
      }),
      { numRuns: 300 },
    );
  });

  it('costs the same however long the text is', () => {
    const shapes = ['a', '\0', ' ', '\u200d', '\n', '\ud83d', '👨\u200d', 'e\u0301'];
    // Through bytes, since V8 writes a repetition out only when it is read.
    const texts = shapes.map((sign) => Buffer.from(sign.repeat(4_000_000), 'utf16le').toString('utf16le'));
    const cost = leastWork(() => {
      for (const text of texts) expect(cleanText(text, 64).length).toBeLessThanOrEqual(64);
    });
    // ms; looking through all of it takes seconds.
    expect(cost).toBeLessThan(200);
  });
});
