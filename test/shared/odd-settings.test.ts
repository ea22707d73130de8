import { describe, expect, it } from '@jest/globals';
import { modifySettings, operations, patchSettings, restoreSettings, settingsPairs } from '../../src/shared/index.js';
import { withNvr } from './with-nvr.js';

const inside = (wrap: (value: unknown) => unknown) => {
  let value: unknown = 1;
  for (let depth = 0; depth < 100_000; depth += 1) value = wrap(value);
  return value;
};
const circle: Record<string, unknown> = {};
circle['again'] = circle;
const ring: unknown[] = [];
ring.push(ring);

/** What flows and files may hold, and JSON may not. */
const odd: readonly (readonly [string, unknown])[] = [
  ['lists without end', inside((value) => [value])],
  ['objects without end', inside((value) => ({ value }))],
  ['an object that holds itself', circle],
  ['a list that holds itself', ring],
  ['a BigInt', 10n],
  ['a symbol', Symbol('x')],
  ['a function', () => 1],
  ['no number', NaN],
  ['an endless number', -Infinity],
  ['what fails to tell itself', { toJSON: () => JSON.parse('no') as unknown }],
  ['half a million values', Array.from({ length: 500_000 }, () => 1)],
  ['a field of the name __proto__', JSON.parse('{"__proto__": {"polluted": true}}')],
];

/** Pairs that are told by a channel at most, and a field of each that is no key. */
const pairs = settingsPairs
  .filter(({ parameters }) => parameters.every(({ name }) => name === 'ChannelID'))
  .slice(0, 8);

describe('Settings that are given as what JSON cannot tell', () => {
  const rig = withNvr();

  it.each(odd)('are refused as a parameter, and nothing is written: %s', async (_, value) => {
    const { client, nvr } = rig;
    for (const pair of pairs) {
      const params = pair.parameters.length > 0 ? { ChannelID: 1 } : {};
      const now = (await client.call(pair.read as never, params as never)) as object;
      const [first] = [now].flat() as [object];
      const name = Object.keys(first).find((field) => !pair.keys.includes(field) && field !== 'ChannelID') ?? 'none';
      const writes = () => nvr.requests.filter(({ path, method }) => path === pair.write.path && method === 'POST');
      const before = writes().length;
      const given = [value, { [name]: value }, [{ ...first, [name]: value }]];
      const tries = [
        ...given.map((patch) => () => patchSettings(client, pair, params, patch)),
        ...given.map((saved) => () => restoreSettings(client, pair, params, saved)),
      ];
      for (const attempt of tries) {
        const error = await attempt().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        // Where it is taken for a value of a field that may hold anything, it is a value.
        if (error !== undefined) expect(error).toMatchObject({ code: 'INVALID_PARAMETER' });
        else if (pair.read.path !== pair.write.path) expect(writes()).toHaveLength(before);
      }
    }
    expect({}).not.toHaveProperty('polluted');
  });

  it('are refused, too, where a change makes them', async () => {
    const change = (settings: object) => ({ ...settings, again: circle }) as never;
    const pair = { read: operations.getEMail, write: operations.setEMail };
    await expect(modifySettings(rig.client, pair, {}, change)).rejects.toMatchObject({ code: 'INVALID_PARAMETER' });
  });
});
