import { describe, expect, it } from '@jest/globals';
import { readContext } from '../../src/homebridge/accessories/context.js';
import { mayRemoveOrphans, ownerOf } from '../../src/homebridge/accessories/ownership.js';

const house = { name: 'House', address: '10.0.0.1:80' };
const garage = { name: 'Garage', address: '10.0.0.2:80' };

describe('the NVR of an accessory from the cache', () => {
  it.each([
    ['the same', house, house],
    ['one that has moved', { ...house, address: '10.0.0.9:80' }, house],
    ['one that was renamed', { ...garage, name: 'Barn' }, garage],
    ['at the address, whatever the names', { name: 'House', address: garage.address }, garage],
    ['none: the entry was removed', { name: 'Office', address: '10.0.0.3:80' }, undefined],
  ])('is %s', (_, kept, owner) => {
    expect(ownerOf(kept, [house, garage])).toBe(owner);
  });
});

describe('accessories without NVR', () => {
  const owner = { owner: true, read: false };
  const newcomer = { owner: false, read: false };
  it.each([
    ['no NVR is configured', false, [], true],
    ['every NVR has its own accessories, reachable or not', false, [owner], true],
    ['a new NVR has not answered yet', false, [owner, newcomer], false],
    ['every new NVR has answered', false, [owner, { owner: false, read: true }], true],
    ['the configuration has problems', true, [owner], false],
  ])('may be removed where %s: %s', (_, problems, nvrs, may) => {
    expect(mayRemoveOrphans(problems, nvrs)).toBe(may);
  });
});

describe('what Homebridge kept of an accessory', () => {
  const nvr = { name: 'House', address: '10.0.0.1:80' };
  it.each([
    [{ kind: 'camera', nvr, channel: 1, name: 'Door' }, 'camera'],
    [{ kind: 'nvr', nvr, outputs: [{ pin: 5, name: 'Gate' }] }, 'nvr'],
    [{}, undefined],
    [undefined, undefined],
    [{ kind: 'camera', channel: 1, name: 'Door' }, undefined],
    [{ kind: 'camera', nvr, channel: '1', name: 'Door' }, undefined],
    [{ kind: 'nvr', nvr, outputs: [5] }, undefined],
    [{ kind: 'fridge', nvr }, undefined],
  ])('%j is read as %s', (raw, kind) => {
    expect(readContext(raw)?.kind).toBe(kind);
  });

  it('is read however deep somebody has nested it', () => {
    const depth = 20_000;
    const nested = `{"kind":"nvr","nvr":{"name":"x","address":"y"},"outputs":[],"hidden":[{"uuid":"u","context":`;
    const raw: unknown = JSON.parse(`${nested.repeat(depth)}{}${'}]}'.repeat(depth)}`);
    expect(readContext(raw)).toMatchObject({ kind: 'nvr', hidden: [] });
  });
});
