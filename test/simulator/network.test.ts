import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Visitor } from './visitor.js';

interface Network {
  interfaces: { type: string; mac: string; wifiSSID?: string; wifiPwd?: string }[];
  general: { dnsserver1: string };
}

const ok = { Result: 'OK' };
const refused = (why: RegExp) => ({ Result: 'Error', Description: expect.stringMatching(why) });
const mail = {
  active: true,
  encryption: 'Enable',
  smpt_port: 465,
  smpt_server: 'mail.example',
  username: 'u',
  password: 'p',
  sender: 's@example',
  receiver1: 'r@example',
  receiver2: '',
  receiver3: '',
  interval: 60,
};
const ftp = { active: true, host: 'ftp.example', port: '2121', username: 'u', password: 'p', path: '/x' };
const filter = { active: true, mode: 1, blacklist: [], whitelist: ['10.0.0.1', '10.0.1.0/24', '10.0.2.1-10.0.2.9'] };

describe('Network settings of the simulator', () => {
  let simulator: Simulator;
  let visitor: Visitor;

  beforeEach(async () => {
    simulator = await Simulator.start({ mac: '00:11:14:00:00:07' });
    visitor = await Visitor.loggedIn(simulator);
  });
  afterEach(() => simulator.stop());

  const get = async (name: string) => (await visitor.get(`/network/${name}`)).json;
  const post = async (name: string, body: unknown) => (await visitor.post(`/network/${name}`, body)).json;

  it.each<[string, string, object]>([
    ['setEMail', 'getEMail', mail],
    ['setFTP', 'getFTP', ftp],
    ['setIPFilter', 'getIPFilter', filter],
    ['setPort', 'getPort', { http_port: 8080, rtsp_port: 5554, https_port: 8443 }],
  ])('are told as they were set, after a restart as well: %s', async (set, told, settings) => {
    expect(await post(set, settings)).toEqual(ok);
    expect(await get(told)).toEqual(settings);
    await simulator.restart();
    visitor = await Visitor.loggedIn(simulator);
    expect(await get(told)).toEqual(settings);
  });

  it('has three interfaces, and passwords in plain text', async () => {
    const network = (await get('getNetwork')) as Network;
    expect(network.interfaces.map(({ type }) => type)).toEqual(['ethernet', 'wifi', 'gsm']);
    expect(network.interfaces[0]?.mac).toBe('00:11:14:00:00:07');
    expect(network.interfaces[1]?.wifiPwd).not.toBe('');
    network.general.dnsserver1 = '9.9.9.9';
    expect(await post('setNetwork', network)).toEqual(ok);
    expect(await get('getNetwork')).toEqual(network);
  });

  it('forgets a wireless network and its password', async () => {
    const before = ((await get('getNetwork')) as Network).interfaces[1];
    const forget = (names: object[]) => visitor.send('GET', '/network/forgetWifi', JSON.stringify(names));
    await forget([{ wifiSSID: 'another' }]);
    expect(((await get('getNetwork')) as Network).interfaces[1]).toEqual(before);
    await forget([{ wifiSSID: before?.wifiSSID }]);
    expect(((await get('getNetwork')) as Network).interfaces[1]).toMatchObject({ wifiSSID: '', wifiPwd: '' });
    expect((await forget([])).json).toEqual(refused(/items/));
    expect((await visitor.get('/network/forgetWifi')).json).toEqual(refused(/no JSON/));
  });

  it('tells the ports that it really has until they are set', async () => {
    expect(await get('getPort')).toMatchObject({ http_port: simulator.port });
    await post('setPort', { http_port: 1, rtsp_port: 2, https_port: 3 });
    expect(await get('getPort')).toMatchObject({ http_port: 1 });
    expect(await post('setPort', { http_port: 8080 })).toEqual(refused(/rtsp_port/));
  });

  it('updates the DDNS server only while that is active', async () => {
    expect(await get('getDDNS')).toMatchObject({ active: false, status: '', mac: '00:11:14:00:00:07' });
    await post('setDDNS', { active: true, domain: 'mine', port: 1681 });
    expect(await get('getDDNS')).toMatchObject({ active: true, domain: 'mine', port: 1681, status: 'DDNS_UPDATE_OK' });
  });

  it.each<[string, object, object]>([
    ['testEMail', mail, ok],
    ['testEMail', { ...mail, active: false }, ok],
    ['testEMail', { ...mail, smpt_server: '' }, refused(/no mail server/)],
    ['testEMail', { ...mail, encryption: 'TLS' }, refused(/encryption/)],
    ['testFTP', { host: 'h', port: '21', username: 'u', password: 'p' }, ok],
    ['testFTP', { host: '', port: '21', username: 'u', password: 'p' }, refused(/no FTP server/)],
    ['testFTP', { host: 'h', port: 21, username: 'u', password: 'p' }, refused(/port/)],
  ])('tries what it is given, and keeps nothing of it: %s %#', async (name, settings, outcome) => {
    const before = [await get('getEMail'), await get('getFTP')];
    expect(await post(name, settings)).toEqual(outcome);
    expect([await get('getEMail'), await get('getFTP')]).toEqual(before);
  });

  it.each([
    'example.com',
    '10.0.0.256',
    '10.0.0.1/33',
    '10.0.0.1-',
    '10.0.0.1-10.0.0.2-10.0.0.3',
    '10.0.0',
    'fe80::1',
    '10.0.0.1\n',
  ])('filters no such address: %j', async (address) => {
    expect(await post('setIPFilter', { ...filter, whitelist: [address] })).toEqual(refused(/^whitelist\/0/));
  });

  it('does not apply its IP filter to its visitors', async () => {
    await post('setIPFilter', { active: true, mode: 0, blacklist: ['127.0.0.0/8'], whitelist: [] });
    expect(await get('getIPFilter')).toMatchObject({ active: true });
  });
});
