import { describe, expect, it } from '@jest/globals';
import { modifySettings, operations } from '../../src/shared/index.js';
import { mergeSettings } from '../../src/shared/tasks/merge.js';
import { type Handler, type OddNvr, startOddNvr } from './odd-nvr.js';
import { withNvr } from './with-nvr.js';

const { getEMail, setEMail, getFTP, setFTP, getDDNS, setDDNS, getNetwork, setNetwork, getIPFilter, setIPFilter } =
  operations;
const mail = { read: getEMail, write: setEMail };
const ok = { Result: 'OK' };

const outcomeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    ({ code, path }: { code?: string; path?: string }) => (path === undefined ? code : `${code} ${path}`),
  );

describe('What is written of settings', () => {
  const raw = {
    on: '1',
    count: '5',
    extra: { a: [1] },
    odd: 'maybe',
    list: [
      { id: '1', x: 1 },
      { id: '2', odd: {} },
    ],
  };
  const before = { on: true, count: 5, extra: { a: [1] }, list: [{ id: 1, x: 1 }, { id: 2 }], standIn: [] };

  it.each<[string, object, object]>([
    ['nothing else than what came', before, raw],
    ['yes and no in the words of the device', { ...before, on: false }, { ...raw, on: '0' }],
    ['numbers as text where they came as text', { ...before, count: 7 }, { ...raw, count: '7' }],
    ['what nothing could be made of, replaced', { ...before, odd: true }, { ...raw, odd: true }],
    ['fields of its own', { ...before, extra: { a: [1, 2] } }, { ...raw, extra: { a: [1, 2] } }],
    ['a default that was changed', { ...before, standIn: [1] }, { ...raw, standIn: [1] }],
    ['a list without an item', { ...before, list: [{ id: 2 }] }, { ...raw, list: [{ id: '2', odd: {} }] }],
    [
      'a changed item of a list',
      { ...before, list: [{ id: 3, x: 1 }, { id: 2 }] },
      { ...raw, list: [{ id: '3', x: 1 }, raw.list[1]] },
    ],
    [
      'a new item of a list in the types of the others',
      { ...before, list: [...before.list, { id: 3 }] },
      { ...raw, list: [...raw.list, { id: '3' }] },
    ],
  ])('%s', (_name, wanted, written) => {
    expect(mergeSettings(raw, before, wanted)).toEqual(written);
  });

  it.each<[unknown, unknown, unknown, unknown]>([
    ['true', true, false, 'false'],
    ['off', false, true, 'on'],
    [1, true, false, 0],
    ['disable', 'Disable', 'Disable', 'disable'],
    [' TRUE ', true, true, ' TRUE '],
    [true, 1, 0, false],
    [21, '21', '2121', 2121],
    [21, '21', 'ftp', 'ftp'],
    ['x', undefined, true, true],
    [{ id: '1' }, [{ id: 1 }], [{ id: 2 }], { id: '2' }],
    ['', [], [1], [1]],
  ])('%j, understood as %j and changed to %j, is written as %j', (sent, understood, wanted, written) => {
    expect(mergeSettings(sent, understood, wanted)).toEqual(written);
  });

  it('lacks what the caller took out', () => {
    const wanted = { ...before, count: undefined };
    expect(mergeSettings(raw, before, wanted)).not.toHaveProperty('count');
  });
});

describe('Changing settings of the simulator', () => {
  const nvr = withNvr();

  it('leaves the rest as it was', async () => {
    const before = await nvr.client.call(getEMail);
    const changed = await modifySettings(nvr.client, mail, {}, (settings) => ({ ...settings, interval: 600 }));
    expect(changed).toEqual({ ...before, interval: 600 });
    expect(await nvr.client.call(getEMail)).toEqual(changed);
  });

  it('leaves out what can only be read', async () => {
    const ddns = { read: getDDNS, write: setDDNS };
    await modifySettings(nvr.client, ddns, {}, (settings) => ({ ...settings, active: true }));
    expect(JSON.parse(nvr.nvr.requests.at(-1)?.body ?? '')).toEqual({ active: true, domain: 'xnvr', port: 1680 });
    expect(await outcomeOf(modifySettings(nvr.client, ddns, {}, (settings) => ({ ...settings, status: 'fine' })))).toBe(
      'INVALID_PARAMETER status',
    );
  });

  it('names the settings by parameters', async () => {
    const schedule = { read: operations.getSchedulesByGroup, write: operations.setScheduleByGroup };
    const which = { ChannelID: 2, GroupID: 'Email' } as const;
    const Map = Array.from({ length: 7 }, () => '+'.repeat(48));
    await modifySettings(nvr.client, schedule, which, (settings) => ({ ...settings, Motion: { Map } }));
    expect(await nvr.client.call(operations.getSchedulesByGroup, which)).toMatchObject({ Motion: { Map } });
    const change = modifySettings(nvr.client, schedule, which, ({ Intellegent: _, ...others }) => others);
    expect(await outcomeOf(change)).toBe('INVALID_PARAMETER Intellegent');
  });

  it('writes nothing where nothing changes', async () => {
    await modifySettings(nvr.client, mail, {}, (settings) => settings);
    expect(nvr.nvr.requests.map(({ path }) => path)).not.toContain('/network/setEMail');
  });

  it.each<[string, object, string]>([
    ['a wrong type', { smpt_port: '25' }, 'INVALID_PARAMETER smpt_port'],
    ['a value out of range', { smpt_port: 70_000 }, 'INVALID_PARAMETER smpt_port'],
    ['a required field taken out', { sender: undefined }, 'INVALID_PARAMETER sender'],
  ])('refuses %s before anything is written', async (_name, change, outcome) => {
    const work = modifySettings(nvr.client, mail, {}, (settings) => ({ ...settings, ...change }));
    expect(await outcomeOf(work)).toBe(outcome);
    expect(nvr.nvr.requests.map(({ path }) => path)).not.toContain('/network/setEMail');
  });
});

/** The reply of 7.1. */
function documentsNetwork(): object {
  return {
    pppoe: { active: false, username: '', password: '', interface: 'enp2s0' },
    interfaces: [
      {
        ...{ device: 'enp2s0', type: 'ethernet', dhcp: true, address: '192.168.33.165', netmask: '255.255.255.0' },
        ...{ gateway: '192.168.33.254', mac: '40:8d:5c:2b:16:23' },
      },
      {
        ...{ interface: 'wlx000e8e9728a2', type: 'wifi', dhcp: true, address: '', netmask: '', gateway: '' },
        ...{ mac: '00:0E:8E:97:28:A2', Enable: true, wifiSSID: '', wifiPwd: '', dns1: '', dns2: '' },
      },
      {
        ...{ interface: 'cdc-wdm0', type: 'gsm', dhcp: true, address: '10.38.36.128', netmask: '255.255.255.0' },
        ...{ gateway: '10.38.36.129', mac: '', Enable: true, APN: 'internet', Number: '', User: '', Pwd: '' },
        ...{ dns1: '168.95.1.1', dns2: '168.95.192.1' },
      },
    ],
    general: { dnsserver1: '', dnsserver2: '', default_interface: 'enp2s0' },
  };
}

/** A rude recorder: tells and keeps settings as it likes. */
async function odd(path: { get: string; set: string }, settings: unknown, write?: Handler) {
  const state = { settings, written: undefined as unknown };
  const nvr: OddNvr = await startOddNvr({
    [`GET ${path.get}`]: () => state.settings,
    [`POST ${path.set}`]: (request, response, body) => {
      state.written = JSON.parse(body);
      return write ? write(request, response, body) : ok;
    },
  });
  return { nvr, client: nvr.client, state };
}

describe('Changing settings of a rude recorder', () => {
  const mailPaths = { get: '/network/getEMail', set: '/network/setEMail' };
  const ftpPaths = { get: '/network/getFTP', set: '/network/setFTP' };
  const ftp = { read: getFTP, write: setFTP };

  it('speaks its types, and gives back what it has beyond the document', async () => {
    const told = { active: '1', smpt_port: '25', interval: 300, encryption: 'SSL', password: 'secret', auth: ['x'] };
    const { client, state } = await odd(mailPaths, told);
    await modifySettings(client, mail, {}, (settings) => ({ ...settings, active: false, smpt_port: 465 }));
    expect(state.written).toEqual({ ...told, active: '0', smpt_port: '465' });
  });

  it.each([
    ['masked', '******'],
    ['masked by dots', '•••'],
    ['null', null],
    ['told as a yes, as in 10.5', true],
  ])('does not write back a password that is %s', async (_name, password) => {
    const { client, state } = await odd(mailPaths, { active: true, username: 'u', password });
    await modifySettings(client, mail, {}, (settings) => {
      expect(settings).not.toHaveProperty('password');
      return { ...settings, active: false };
    });
    expect(state.written).toEqual({ active: false, username: 'u' });
    await modifySettings(client, mail, {}, (settings) => ({ ...settings, password: 'new' }));
    expect(state.written).toEqual({ active: true, username: 'u', password: 'new' });
  });

  it('asks for a password that it keeps to itself and the write must have', async () => {
    const { client, state } = await odd(ftpPaths, {
      active: true,
      host: 'h',
      port: 21,
      username: 'u',
      password: '***',
    });
    const change = modifySettings(client, ftp, {}, (settings) => ({ ...settings, port: '2121' }));
    expect(await outcomeOf(change)).toBe('INVALID_PARAMETER password');
    expect(state.written).toBeUndefined();
    await modifySettings(client, ftp, {}, (settings) => ({ ...settings, port: '2121', password: '' }));
    expect(state.written).toEqual({ active: true, host: 'h', port: 2121, username: 'u', password: '' });
  });

  it('leaves hidden passwords out at any depth', async () => {
    const wifi = { interface: 'w', wifiSSID: 'a', wifiPwd: '***' };
    const told = { pppoe: { active: 0, password: true }, interfaces: [wifi], general: {} };
    const { client, state } = await odd({ get: '/network/getNetwork', set: '/network/setNetwork' }, told);
    const network = { read: getNetwork, write: setNetwork };
    await modifySettings(client, network, {}, (settings) => ({ ...settings, general: { dnsserver1: '1.1.1.1' } }));
    expect(state.written).toEqual({
      pppoe: { active: 0 },
      interfaces: [{ interface: 'w', wifiSSID: 'a' }],
      general: { dnsserver1: '1.1.1.1' },
    });
  });

  it("changes the document's own network settings, empty passwords included (7.1)", async () => {
    const told = documentsNetwork();
    const { client, state } = await odd({ get: '/network/getNetwork', set: '/network/setNetwork' }, told);
    const network = { read: getNetwork, write: setNetwork };
    const general = { dnsserver1: '1.1.1.1', dnsserver2: '', default_interface: 'enp2s0' };
    await modifySettings(client, network, {}, (settings) => ({ ...settings, general }));
    expect(state.written).toEqual({ ...told, general });
  });

  it.each([
    ['the bare object that the document prints', (user: object) => user],
    ['a list of one', (user: object) => [user]],
  ])('writes a user as a list of one where the read told %s (10.6, 10.7)', async (_case, tell) => {
    const user = { userID: 3, active: true, username: 'guard', permissions: { live: '1' } };
    const told = tell({ ...user, password: '***' });
    const { client, state } = await odd({ get: '/account/getUser', set: '/account/setUser' }, told);
    const account = { read: operations.getUser, write: operations.setUser };
    const rename = (name: string) =>
      modifySettings(client, account, { userID: 3 }, (users) => users.map((one) => ({ ...one, username: name })));
    await rename('night watch');
    expect(state.written).toEqual([{ ...user, username: 'night watch' }]);
  });

  it('does not hold against the caller what the recorder says itself', async () => {
    const told = { active: true, mode: 0, blacklist: ['fe80::1'], whitelist: [] };
    const { client, state } = await odd({ get: '/network/getIPFilter', set: '/network/setIPFilter' }, told);
    const filter = { read: getIPFilter, write: setIPFilter };
    await modifySettings(client, filter, {}, (settings) => ({ ...settings, active: false }));
    expect(state.written).toEqual({ ...told, active: false });
  });

  it('nor the impossible that it reports itself', async () => {
    const paths = { get: '/schedule/getSchedulesByGroup', set: '/schedule/setScheduleByGroup' };
    const [day, night] = ['+', '-'].map((sign) => ({ Map: Array.from({ length: 7 }, () => sign.repeat(48)) }));
    const told = { Normal: day, Motion: { ...day, vendor: 1 }, InputAlarm: day };
    const { client, state } = await odd(paths, told);
    const schedule = { read: operations.getSchedulesByGroup, write: operations.setScheduleByGroup };
    const which = { ChannelID: 1, GroupID: 'Email' } as const;
    const Map = night?.Map ?? [];
    await modifySettings(client, schedule, which, (settings) => ({ ...settings, Motion: { ...settings.Motion, Map } }));
    expect(state.written).toEqual({ ...told, Motion: { Map, vendor: 1 } });
  });

  describe('does not turn back the clock with the settings around it (9.20)', () => {
    const told = { time: '1568609673430', localtime: '2019-09-16 12:54:33.430', time_zone: 480, ntp_enable: 0 };
    const clock = { read: operations.getTime, write: operations.setTime };

    it.each<[string, object, object]>([
      ['another zone', { time_zone: 60 }, { time_zone: 60, ntp_enable: 0 }],
      ['another time', { time: 1_600_000_000_000 }, { time: '1600000000000', time_zone: 480, ntp_enable: 0 }],
      [
        'another local time',
        { localtime: '2020-01-01 00:00:00.000' },
        { localtime: '2020-01-01 00:00:00.000', time_zone: 480, ntp_enable: 0 },
      ],
    ])('%s', async (_what, change, written) => {
      const { client, state } = await odd({ get: '/system/getTime', set: '/system/setTime' }, told);
      await modifySettings(client, clock, {}, (settings) => ({ ...settings, ...change }));
      expect(state.written).toEqual(written);
    });
  });

  it('changes lists as well', async () => {
    const told = [
      { name: 'DiskGroup1', storages: ['HDD-1'], rec_channels: ['1', '2'], quota: 5 },
      { name: 'DiskGroup2', storages: [], rec_channels: ['3'] },
    ];
    const { client, state } = await odd({ get: '/storage/getDiskGroups', set: '/storage/setDiskGroups' }, told);
    const groups = { read: operations.getDiskGroups, write: operations.setDiskGroups };
    const work = modifySettings(client, groups, {}, (all) =>
      all.map((group) => (group.name === 'DiskGroup1' ? { ...group, rec_channels: [1, 4] } : group)),
    );
    expect(await outcomeOf(work)).toBe('done');
    expect(state.written).toEqual([{ ...told[0], rec_channels: ['1', '4'] }, told[1]]);
    const bad = modifySettings(client, groups, {}, (all) => all.map((group) => ({ ...group, rec_channels: [0] })));
    expect(await outcomeOf(bad)).toMatch(/^INVALID_PARAMETER body\/0\/rec_channels\/0/);
  });

  it('says that settings are none', async () => {
    const { client } = await odd(mailPaths, ['x']);
    expect(await outcomeOf(modifySettings(client, mail, {}, (settings) => settings))).toBe('INVALID_REPLY');
  });

  describe('whose answer is lost', () => {
    const told = { active: true, interval: 300, password: 'secret' };
    type Change = { interval?: number; password?: string };

    const lose = async (before: object, after: object | undefined, change: Change) => {
      const { nvr, client, state } = await odd(mailPaths, before, (request) => {
        state.settings = after ?? { Result: 'Error', Description: 'busy' };
        return void request.socket.destroy();
      });
      const outcome = await outcomeOf(modifySettings(client, mail, {}, (settings) => ({ ...settings, ...change })));
      expect(nvr.count('POST /network/setEMail')).toBe(1);
      return outcome;
    };
    const hidden = { active: true, interval: 300, password: '***' };

    it.each<[string, object, object | undefined, Change, string]>([
      ['the new settings', told, { ...told, interval: 600 }, { interval: 600 }, 'done'],
      ['the new settings in other words', told, { ...told, interval: '600' }, { interval: 600 }, 'done'],
      ['the new settings, and another change', told, { ...told, interval: 600, active: 0 }, { interval: 600 }, 'done'],
      ['the old settings', told, told, { interval: 600 }, 'NOT_APPLIED'],
      ['other settings', told, { ...told, interval: 1 }, { interval: 600 }, 'OUTCOME_UNKNOWN'],
      [
        'half of the new settings',
        told,
        { ...told, interval: 600 },
        { interval: 600, password: 'x' },
        'OUTCOME_UNKNOWN',
      ],
      ['nothing', told, undefined, { interval: 600 }, 'OUTCOME_UNKNOWN'],
      ['all but the password', hidden, hidden, { password: 'x' }, 'OUTCOME_UNKNOWN'],
      ['new settings but the password', hidden, { ...hidden, interval: 1 }, { interval: 1, password: 'x' }, 'done'],
      ['old settings but the password', hidden, hidden, { interval: 1, password: 'x' }, 'NOT_APPLIED'],
    ])('and that then shows %s', async (_name, before, after, change, outcome) => {
      expect(await lose(before, after, change)).toBe(outcome);
    });
  });
});
