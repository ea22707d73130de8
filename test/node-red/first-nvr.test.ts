import { describe, expect, it } from '@jest/globals';
import { ownName } from '../../src/node-red/editor/first-nvr.js';

describe('An NVR that was found is called', () => {
  it.each([
    ['by its own name', ' Gate-2 hall ', [], 'Gate-2 hall'],
    ['by its own name, in any script', '車庫 1', ['Gate'], '車庫 1'],
    ['by its address where another has that name', 'AiO NVR', ['Gate', 'AiO NVR', undefined], ''],
    ['by its address where it says none', undefined, [], ''],
    ['by its address where it says nothing', '  ', [], ''],
    ['by its address where Node-RED would put a secret into topics', '${MQTT_PASSWORD}', [], ''],
    ['by its address where the topic would have another level', 'a/b', [], ''],
    ['by its address where subscribers would take it for all', '+', [], ''],
  ])('%s', (_, name, taken, called) => {
    expect(ownName(name, taken)).toBe(called);
  });
});
