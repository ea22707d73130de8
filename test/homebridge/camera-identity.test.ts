import { describe, expect, it } from '@jest/globals';
import { cameraIdentity, normaliseMac } from '../../src/homebridge/accessories/camera-identity.js';

const A = '00:11:14:00:00:0a';

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
