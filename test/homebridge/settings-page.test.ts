import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Draft, Drafts } from '../../src/homebridge/settings-page/page/drafts.js';
import { inPagesWords } from '../../src/homebridge/settings-page/page-words.js';
import { inWords } from '../../src/homebridge/settings-page/page/verdict-words.js';
import type { Verdict } from '../../src/homebridge/settings-page/protocol.js';
import { checkNvrs, passwordOf, withoutPasswords } from '../../src/homebridge/settings-page/stored-settings.js';
import { inEnglish, say } from '../../src/shared/internal.js';

const stored = { host: '192.168.1.20', username: 'admin', password: 'secret', channels: 3 };
const section = { platform: 'EverFocusNVR', nvrs: [stored, null, { host: 'nvr.lan', username: 'x' }], _bridge: {} };

describe('what the page gets to see of the settings', () => {
  it('is everything but passwords, whatever stands there', () => {
    const settings = withoutPasswords(section);
    expect(settings).toEqual({
      nvrs: [
        { fields: { host: '192.168.1.20', username: 'admin', channels: 3 }, hasPassword: true },
        { fields: {}, hasPassword: false },
        { fields: { host: 'nvr.lan', username: 'x' }, hasPassword: false },
      ],
      childBridge: true,
    });
    expect(withoutPasswords({ nvrs: 'none' })).toEqual({ nvrs: [], childBridge: false });
  });
});

describe('the password that a test uses', () => {
  it.each([
    ['the stored one', 'the very address', {}, 'secret'],
    ['the stored one', 'the address in other words', { host: ' http://192.168.1.20:80/ ' }, 'secret'],
    ['the stored one', 'another user there', { username: 'viewer' }, 'secret'],
    ['none', 'another host', { host: '192.168.1.21' }, undefined],
    ['none', 'another port', { port: 8080 }, undefined],
    ['none', 'HTTPS', { https: true, port: 80 }, undefined],
    ['none', 'no usable address', { host: 'not an address' }, undefined],
  ])('is %s for %s', (_which, _where, change, expected) => {
    const fields = { host: stored.host, username: stored.username, ...change };
    expect(passwordOf({ stored: 0, fields }, section)).toBe(expected);
  });

  it('is what was typed, wherever that goes', () => {
    expect(passwordOf({ stored: 0, fields: { host: '192.168.1.21' }, password: 'typed' }, section)).toBe('typed');
  });

  it.each([1, 2, 7, undefined])('is none where none is stored (entry %s)', (index) => {
    expect(passwordOf({ stored: index, fields: { host: 'nvr.lan', username: 'x' } }, section)).toBeUndefined();
  });
});

describe('what is said to drafts', () => {
  it('is what the plugin would say, each to its own', () => {
    const [one, two, three] = checkNvrs([
      { host: 'nvr.lan', username: 'a' },
      { host: 'no address', username: 'a' },
      { host: 'nvr.lan', username: 'a', pasword: 'x' },
    ]);
    expect(one).toEqual({ problems: [], advice: [] });
    expect(two?.problems.map(inEnglish)).toEqual([expect.stringMatching(/^Address is no address/)]);
    expect(three?.problems.map(inEnglish)).toEqual([expect.stringContaining('is the address of "nvr.lan" already')]);
    expect(three?.advice.map(inEnglish)).toEqual([expect.stringContaining('is not known')]);
  });
});

describe('drafts', () => {
  const drafts = () =>
    new Drafts([
      { fields: { host: 'a.lan', username: 'admin', unknown: 1 }, hasPassword: true },
      { fields: { host: 'b.lan', username: 'admin' }, hasPassword: false },
    ]);

  it('keep the stored password for the address that it was stored for', () => {
    const list = drafts();
    const lacking = (index: number) => list.lacking(list.list[index] as Draft);
    expect(lacking(0)).toEqual([]);
    expect(lacking(1)).toEqual(['password']);
    list.set(0, 'port', 8080);
    expect(lacking(0)).toEqual(['password']);
    list.set(0, 'password', 'typed');
    expect(lacking(0)).toEqual([]);
    list.set(0, 'host', undefined);
    expect(lacking(0)).toEqual(['host']);
  });

  it('go back a step for each field, NVR added, and NVR removed, and keep what they do not know', () => {
    const list = drafts();
    const first = list.list;
    for (const name of ['H', 'Ho', 'House']) list.set(0, 'name', name);
    list.remove(1);
    const { id } = list.add({ host: 'c.lan' });
    list.set(id, 'username', 'admin');
    expect(list.list.map(({ fields }) => fields)).toEqual([
      { host: 'a.lan', username: 'admin', unknown: 1, name: 'House' },
      { host: 'c.lan', username: 'admin' },
    ]);
    for (const count of [2, 1, 2]) {
      list.undo();
      expect(list.list).toHaveLength(count);
    }
    list.undo();
    expect(list.list).toEqual(first);
    expect(list.undoable).toBe(false);
  });
});

describe('verdicts', () => {
  const each: Verdict[] = [
    { is: 'unusable', problems: [say`x`] },
    ...(['password-needed', 'no-address', 'tls', 'no-tls', 'silent'] as const).map((is) => ({ is })),
    { is: 'closed', open: [] },
    { is: 'closed', open: [443] },
    ...(['another-family', 'another-device', 'wrong-password', 'failed'] as const).map((is) => ({ is, what: 'x' })),
    { is: 'certificate', fingerprint: 'AB' },
  ];

  it.each(each)('say what was found: $is', (verdict) => {
    expect(inWords(verdict).found.length).toBeGreaterThan(0);
  });

  it('tell what a user may not see', () => {
    const cameras = [{ channel: 1, name: 'Door' }];
    const verdict = {
      is: 'restricted',
      model: 'M',
      software: '1',
      live: false,
      cameras,
      inputs: [1],
      outputs: undefined,
    } as const;
    expect(inWords(verdict)).toEqual({
      found:
        'The NVR lets this user in: M 1, 1 cameras, no right to see its alarm outputs, no right to see live pictures.',
      remedy: expect.stringContaining('lacks rights'),
    });
  });
});

describe('what the doctor advises', () => {
  const folder = new URL('../../src/doctor/', import.meta.url);
  const sources = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  // Texts over two lines are one.
  const texts = sources.flatMap((source) => source.replace(/' \+\n\s*'/g, '').match(/(['`])(?:(?!\1).)+\1/g) ?? []);
  const ofTerminals = texts.filter((text) => /--[a-z]|everfocus [a-z]/.test(text));

  it('to who sits at a terminal, the page says in its own words', () => {
    expect(ofTerminals.length).toBeGreaterThan(10);
    expect(ofTerminals.map(inPagesWords).filter((text) => /--[a-z]|everfocus [a-z]/.test(text))).toEqual([]);
  });

  it.each([
    ['Use HTTPS (--https) at port 443.', 'Use HTTPS at port 443.'],
    ['Is this the right address (everfocus discover)? Or not?', 'Is this the right address? Or not?'],
    [
      'is he locked out? If a browser takes them, the digest may be another one: --digest GET:/admin/login.',
      'is he locked out? If a browser takes them, please report it.',
    ],
    ['Is it switched on?', 'Is it switched on?'],
  ])('%s', (said, shown) => {
    expect(inPagesWords(said)).toBe(shown);
  });
});
