import { describe, expect, it } from '@jest/globals';
import { firmwareRevision, homekitName, informationText } from '../../src/homebridge/accessories/homekit-text.js';

describe('texts for HomeKit', () => {
  it.each([
    ['Front door', 'Front door'],
    ['  Gate #2 <b> ', 'Gate 2 b'],
    ['Küche/Hof', 'Küche/Hof'],
    ['前門', '前門'],
    ['🚗 Garage 🚗', 'Garage'],
    ["Anna's room.", "Anna's room"],
    ['', 'Camera 3'],
    [undefined, 'Camera 3'],
    ['***', 'Camera 3'],
    ['1', 'Camera 3 1'],
    ['x'.repeat(100), 'x'.repeat(64)],
    [`${'x'.repeat(63)} y`, 'x'.repeat(63)],
  ])('the name %j becomes %j', (text, name) => {
    expect(homekitName(text, 'Camera 3')).toBe(name);
  });

  it.each([
    ['1.0.25-201911271625', '1.0.25'],
    ['V2.3', '2.3.0'],
    ['build 7', '7.0.0'],
    ['1.2.3.4', '1.2.3'],
    ['', '0.0.0'],
    [undefined, '0.0.0'],
  ])('the version %j becomes %j', (text, revision) => {
    expect(firmwareRevision(text)).toBe(revision);
  });

  it.each([
    ['EZN1160', 'EZN1160'],
    [' ', 'Camera'],
    ['x', 'Camera'],
    [undefined, 'Camera'],
  ])('the information %j becomes %j', (text, shown) => {
    expect(informationText(text, 'Camera')).toBe(shown);
  });
});
