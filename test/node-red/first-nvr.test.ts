import { afterEach, describe, expect, it } from '@jest/globals';

// Of Node-RED's editor, as far as it is asked: no NVR has a name.
Object.assign(globalThis, { RED: { nodes: { eachConfig: () => undefined } } });
const { fillFirstNvr, ownName, typedFirstNvr } = await import('../../src/node-red/editor/first-nvr.js');

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

describe('The name of an NVR that was found', () => {
  const given = globalThis as { $?: unknown };
  afterEach(() => void delete given.$);

  /** The rows of a form, as jQuery has them. */
  function openForm() {
    const fields = new Map<string, { value: string; readonly data: Map<string, unknown> }>();
    const field = (id: string) => {
      const one = fields.get(id) ?? { value: '', data: new Map<string, unknown>() };
      fields.set(id, one);
      const query = {
        val: (value?: string) => (value === undefined ? one.value : ((one.value = value), query)),
        data: (key: string, value?: unknown) =>
          value === undefined ? one.data.get(key) : (one.data.set(key, value), query),
        trigger: () => query,
      };
      return query;
    };
    given.$ = field;
    field('#everfocus-first-password').val('secret');
    const host = field('#everfocus-first-host');
    return { host: host as unknown as JQuery, type: (address: string) => void host.val(address) };
  }

  const device = { address: '192.168.1.20', port: 80, name: 'Gate' } as Parameters<typeof fillFirstNvr>[1];

  it('goes with its address', () => {
    const { host, type } = openForm();
    fillFirstNvr(host, device);
    expect(typedFirstNvr()).toMatchObject({ host: '192.168.1.20', name: 'Gate', password: 'secret' });
    type('192.168.1.21');
    expect(typedFirstNvr()?.name).toBe('');
  });

  it('is not given to what somebody types in the next form: another NVR may be there by then', () => {
    fillFirstNvr(openForm().host, device);
    openForm().type('192.168.1.20');
    expect(typedFirstNvr()).toMatchObject({ host: '192.168.1.20', name: '' });
  });
});
