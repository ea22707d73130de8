import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Bundle, readBundle } from '../packages/simulator/src/index.js';
import { natureOf, simulatorCaptures, takeCapture } from './support/simulator-captures.js';

const folder = new URL('captures/', import.meta.url);
const names = Object.keys(simulatorCaptures);
const kept = (name: string) => readBundle(readFileSync(new URL(`${name}.json`, folder)));

describe('The captures of our simulator', () => {
  const taken: Record<string, readonly Bundle[]> = {};
  beforeAll(async () => {
    // Nearly all of it is waiting.
    await Promise.all(
      names.map(async (name) => void (taken[name] = await Promise.all([takeCapture(name, 4), takeCapture(name, 4)]))),
    );
  }, 120_000);

  it('are all made from a recipe', () => {
    const files = readdirSync(folder).filter((file) => /^simulator-.*\.json$/.test(file));
    expect(files.toSorted()).toEqual(names.map((name) => `${name}.json`).toSorted());
  });

  it.each(names)('%s comes out the same each time it is made', (name) => {
    const [one, other] = taken[name] as [Bundle, Bundle];
    expect(natureOf(one)).toEqual(natureOf(other));
    expect(one.account).toEqual(other.account);
  });

  it('hold two tries of a stream that does not open, and wait no longer', () => {
    for (const { sockets, length } of taken['simulator-faulty'] ?? []) {
      const tries = (path: string) => sockets.filter((socket) => socket.path === path).map(({ status }) => status);
      expect([tries('/live/1/0'), tries('/live/1/1')]).toEqual([
        [400, 400],
        [400, 400],
      ]);
      expect(length).toBeLessThan(20_000);
    }
  });

  it.each(names)('%s is what the simulator and the capture of today make (scripts/captures.ts writes it)', (name) => {
    expect(natureOf(kept(name))).toEqual(natureOf(taken[name]?.[0] as Bundle));
  });
});
