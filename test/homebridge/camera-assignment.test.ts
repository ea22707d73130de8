import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { HealthyTime, isGone } from '../../src/homebridge/accessories/absence.js';
import { assignCameras, type KnownKey, type ListedKey } from '../../src/homebridge/accessories/camera-assignment.js';

/** `1A`: camera A on channel 1; `1`: no MAC known; `1A-`: disabled, or as accessory missing for long. */
const key = (text: string) => {
  const [, channel = '', letter = '', off = ''] = /^(\d)([A-Z]?)(-?)$/.exec(text) ?? [];
  return { text, channel: Number(channel), ...(letter && { mac: `00:11:14:00:00:${letter}` }), off: off !== '' };
};
const listed = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map(key)
    .map(({ off, ...rest }) => ({ ...rest, enabled: !off }));
const known = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map(key)
    .map(({ off, ...rest }) => ({ ...rest, missingFor: off ? 3_600_000 : 0 }));

/** `1A=2A`: the accessory of camera A on channel 2 stands for what is listed as A on channel 1. */
function decide(list: string, accessories: string, sameNvr = true): string {
  const { kept, added, missing } = assignCameras({ listed: listed(list), known: known(accessories), sameNvr });
  return [
    ...kept.map(({ camera, accessory }) => `${camera.text}=${accessory.text}`),
    ...added.map(({ text }) => `+${text}`),
    ...missing.map(({ text }) => `?${text}`),
  ]
    .sort()
    .join(' ');
}

describe('who is who among listed cameras and accessories', () => {
  it.each([
    ['nothing', '', '', ''],
    ['all new', '1A 2B', '', '+1A +2B'],
    ['all known', '1A 2B', '1A 2B', '1A=1A 2B=2B'],
    ['an empty list', '', '1A 2B', '?1A ?2B'],
    ['a list that is short', '2B', '1A 2B 3C', '2B=2B ?1A ?3C'],
    ['a camera that came', '1A 2B', '1A', '+2B 1A=1A'],
    ['a disabled camera', '1A- 2B', '1A 2B', '1A-=1A 2B=2B'],
    ['a disabled camera that was never shown', '1A- 2B', '2B', '2B=2B'],
    ['a camera that was moved', '2A', '1A', '2A=1A'],
    ['one that was moved to where another was taken away', '1B', '1A 2B', '1B=2B ?1A'],
    ['exchanged channels', '1B 2A', '1A 2B', '1B=2B 2A=1A'],
    ['three in a ring', '1C 2A 3B', '1A 2B 3C', '1C=3C 2A=1A 3B=2B'],
    ['a swapped camera', '1X 2B', '1A 2B', '1X=1A 2B=2B'],
    ['all cameras swapped', '1X 2Y', '1A 2B', '1X=1A 2Y=2B'],
    ['a swapped camera in a short list: not yet', '1X', '1A 2B', '?1A ?2B'],
    ['a swapped camera in a short list that stays short', '1X', '1A- 2B-', '1X=1A- ?2B-'],
    ['a camera swapped while another is long gone', '1X', '1A 2B-', '1X=1A ?2B-'],
    ['a camera moved, and a new one in its place', '1X 3A', '1A', '+1X 3A=1A'],
    ['a new one beside a short list', '1A 4X', '1A 2B 3C', '+4X 1A=1A ?2B ?3C'],
    ['a MAC learnt later', '1A', '1', '1A=1'],
    ['a MAC forgotten', '1', '1A', '1=1A'],
    ['no MACs at all', '1 2', '2', '+1 2=2'],
    ['the same MAC before none', '1A', '1 1A', '1A=1A ?1'],
    ['an encoder with one MAC', '1A 2A', '2A', '+1A 2A=2A'],
    ['an encoder whose inputs were moved together', '3A 4A', '1A 2A', '3A=1A 4A=2A'],
    ['an encoder that was swapped', '1X 2X', '1A 2A', '1X=1A 2X=2A'],
    ['a missing camera that is back', '1A 2B', '1A 2B-', '1A=1A 2B=2B-'],
  ])('%s', (_, list, accessories, decision) => {
    expect(decide(list, accessories)).toBe(decision);
  });

  it('is no swap where it is another NVR: at that address stands somebody else now', () => {
    expect(decide('1X 2B', '1A 2B', false)).toBe('+1X 2B=2B ?1A');
  });

  const cameras = fc
    .uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 6 })
    .chain((channels) =>
      fc.tuple(...channels.map((channel) => fc.constantFrom('', 'A', 'B', 'C', 'D').map((mac) => `${channel}${mac}`))),
    );

  it('loses nobody: every accessory is kept or missing, once, and nobody has two', () => {
    fc.assert(
      fc.property(cameras, cameras, (list, accessories) => {
        const facts = { listed: listed(list.join(' ')), known: known(accessories.join(' ')), sameNvr: true };
        const { kept, added, missing } = assignCameras<ListedKey, KnownKey>(facts);
        const owners = [...kept.map(({ accessory }) => accessory), ...missing];
        expect(new Set(owners).size).toBe(owners.length);
        expect(owners).toHaveLength(accessories.length);
        const shown = [...kept.map(({ camera }) => camera), ...added];
        expect(new Set(shown).size).toBe(shown.length);
      }),
    );
  });

  it('is settled after one reading: the same list again changes nothing', () => {
    fc.assert(
      fc.property(cameras, cameras, (list, accessories) => {
        const cameraList = listed(list.join(' '));
        const first = assignCameras({ listed: cameraList, known: known(accessories.join(' ')), sameNvr: true });
        const now = [
          ...first.kept.map(({ camera, accessory }) => ({ ...accessory, ...camera, missingFor: 0 })),
          ...first.added.map((camera) => ({ ...camera, missingFor: 0 })),
          ...first.missing.map((accessory) => ({ ...accessory, missingFor: 1 })),
        ];
        const second = assignCameras({ listed: cameraList, known: now, sameNvr: true });
        for (const { camera, accessory } of second.kept) expect(accessory.channel).toBe(camera.channel);
        expect(second.kept.length).toBeGreaterThanOrEqual(first.kept.length + first.added.length);
      }),
    );
  });
});

describe('how long something has been missing', () => {
  const MINUTE = 60_000;

  it('counts from one healthy reading to the next, and nothing else', () => {
    const time = new HealthyTime();
    const steps: [number, boolean][] = [
      [0, true],
      [3 * MINUTE, true],
      // Nothing is listed: the recorder is starting.
      [6 * MINUTE, false],
      [9 * MINUTE, true],
      [12 * MINUTE, true],
      // The machine has slept.
      [600 * MINUTE, true],
    ];
    expect(steps.map(([now, healthy]) => time.step(now, healthy) / MINUTE)).toEqual([0, 3, 0, 0, 3, 10]);
  });

  it('is enough after a day', () => {
    expect([0, 23.9, 24, 100].map((hours) => isGone(hours * 60 * MINUTE))).toEqual([false, false, true, true]);
  });
});
