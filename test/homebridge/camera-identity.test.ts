import { describe, expect, it } from '@jest/globals';
import {
  cameraIdentity,
  matchCameras,
  normaliseMac,
  type CameraKey,
} from '../../src/homebridge/accessories/camera-identity.js';

const [A, B] = ['00:11:14:00:00:0a', '00:11:14:00:00:0b'];

describe('a MAC address', () => {
  it.each([
    ['00:11:14:AA:BB:01', '00:11:14:aa:bb:01'],
    ['00-11-14-aa-bb-01', '00:11:14:aa:bb:01'],
    ['001114AABB01', '00:11:14:aa:bb:01'],
    ['', undefined],
    [undefined, undefined],
    ['undefined', undefined],
    ['00:00:00:00:00:00', undefined],
    ['FF:FF:FF:FF:FF:FF', undefined],
    ['00:11:14:aa:bb', undefined],
  ])('%j is %j', (text, mac) => {
    expect(normaliseMac(text)).toBe(mac);
  });
});

describe("a camera's identity", () => {
  it('does not depend on the NVR where the MAC is known, and does otherwise', () => {
    expect(cameraIdentity({ channel: 2, mac: A }, 'S1')).toBe(cameraIdentity({ channel: 2, mac: A }, 'S2'));
    expect(cameraIdentity({ channel: 2 }, 'S1')).not.toBe(cameraIdentity({ channel: 2 }, 'S2'));
  });

  it('tells the inputs of an encoder apart', () => {
    expect(cameraIdentity({ channel: 1, mac: A }, 'S')).not.toBe(cameraIdentity({ channel: 2, mac: A }, 'S'));
  });
});

describe('listed cameras and known accessories', () => {
  it.each<[string, CameraKey[], CameraKey[], number[], number[], number[]]>([
    ['all new', [{ channel: 1, mac: A }], [], [], [1], []],
    ['all known', [{ channel: 1, mac: A }], [{ channel: 1, mac: A }], [1], [], []],
    ['camera removed', [], [{ channel: 1, mac: A }], [], [], [1]],
    ['camera replaced', [{ channel: 1, mac: B }], [{ channel: 1, mac: A }], [], [1], [1]],
    ['camera moved', [{ channel: 2, mac: A }], [{ channel: 1, mac: A }], [], [2], [1]],
    ['MAC learnt later', [{ channel: 1, mac: A }], [{ channel: 1 }], [1], [], []],
    ['MAC forgotten', [{ channel: 1 }], [{ channel: 1, mac: A }], [1], [], []],
    ['no MACs at all', [{ channel: 1 }, { channel: 2 }], [{ channel: 2 }], [2], [1], []],
    [
      'one MAC, two channels',
      [
        { channel: 1, mac: A },
        { channel: 2, mac: A },
      ],
      [{ channel: 2, mac: A }],
      [2],
      [1],
      [],
    ],
  ])('%s', (_, listed, known, kept, added, gone) => {
    const match = matchCameras(listed, known);
    expect(match.kept.map(({ camera }) => camera.channel)).toEqual(kept);
    expect(match.added.map(({ channel }) => channel)).toEqual(added);
    expect(match.gone.map(({ channel }) => channel)).toEqual(gone);
  });

  it('prefer the accessory of the same MAC over one without', () => {
    const known: CameraKey[] = [{ channel: 1 }, { channel: 1, mac: A }];
    expect(matchCameras([{ channel: 1, mac: A }], known)).toMatchObject({
      kept: [{ accessory: { mac: A } }],
      gone: [{ channel: 1 }],
    });
  });
});
