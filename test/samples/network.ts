import type { Sample } from './sample.js';

const ok = { Result: 'OK' };

const network = {
  pppoe: { active: false, username: '', password: '', interface: 'enp2s0' },
  interfaces: [
    {
      device: 'enp2s0',
      type: 'ethernet',
      dhcp: true,
      address: '192.168.33.165',
      netmask: '255.255.255.0',
      gateway: '192.168.33.254',
      mac: '40:8d:5c:2b:16:23',
    },
    {
      interface: 'wlx000e8e9728a2',
      type: 'wifi',
      dhcp: true,
      address: '',
      netmask: '',
      gateway: '',
      mac: '00:0E:8E:97:28:A2',
      Enable: true,
      wifiSSID: '',
      wifiPwd: '',
      dns1: '',
      dns2: '',
    },
    {
      interface: 'cdc-wdm0',
      type: 'gsm',
      dhcp: true,
      address: '10.38.36.128',
      netmask: '255.255.255.0',
      gateway: '10.38.36.129',
      mac: '',
      Enable: true,
      APN: 'internet',
      Number: '',
      User: '',
      Pwd: '',
      dns1: '168.95.1.1',
      dns2: '168.95.192.1',
    },
  ],
  general: { dnsserver1: '', dnsserver2: '', default_interface: 'enp2s0' },
};
const ddns = { active: true, domain: 'xnvr', port: 1680 };
const ports = { http_port: 80, rtsp_port: 554, https_port: 443 };
const mail = {
  active: true,
  encryption: 'Disbale',
  smpt_port: 25,
  smpt_server: 'email.server',
  username: 'username',
  password: 'password',
  sender: 'sender@email.address',
  receiver1: 'receiver1@email.address',
  receiver2: 'receiver2@email.address',
  receiver3: 'receiver3@email.address',
  interval: 300,
};
const ftpServer = { host: '192.168.33.10', port: '21', username: 'username', password: 'password' };
const ftp = { active: true, ...ftpServer, path: '/nvr' };
const filter = {
  active: true,
  mode: 0,
  blacklist: ['192.168.1.1', '192.168.2.0/24', '192.168.3.1-192.168.3.10'],
  whitelist: [],
};
const forgotten = [{ wifiSSID: 'Ever-MCC_5G' }, { wifiSSID: 'Ever-ODM_2.4G' }, { wifiSSID: 'Ever-OBM_2.4G' }];

export const networkSamples: readonly Sample[] = [
  { operation: 'getNetwork', reply: network },
  {
    operation: 'scanWifiDevices',
    reply: {
      'wifi-list': [
        { ssid: 'N200RE', signal: 100, security: 'WPA1' },
        { ssid: 'odin-ssid', signal: 100, security: 'WPA2' },
        { ssid: 'N200RE', signal: 100, security: 'WPA2' },
      ],
    },
  },
  { operation: 'forgetWifi', params: { body: forgotten }, body: forgotten },
  { operation: 'gsmBitrate', reply: { upload: '0.22 Kb/s', download: '0.34 Kb/s' } },
  {
    operation: 'getPOEStates',
    reply: [
      { interface: 'enp5s0', on: false },
      { interface: 'enp6s0', on: false },
      { interface: 'enp7s0', on: false },
      { interface: 'enp10s0', on: true },
    ],
  },
  { operation: 'setNetwork', params: network, body: network, reply: ok },
  {
    operation: 'getDDNS',
    reply: { ...ddns, mac: '40:8d:5c:2b:16:23', server: 'EverfocusDDNS', status: 'DDNS_UPDATE_OK' },
  },
  { operation: 'setDDNS', params: ddns, body: ddns, reply: ok },
  { operation: 'getPort', reply: ports },
  { operation: 'setPort', params: ports, body: ports, reply: ok },
  { operation: 'getEMail', reply: mail },
  { operation: 'testEMail', params: mail, body: mail, reply: ok },
  { operation: 'setEMail', params: mail, body: mail, reply: ok },
  { operation: 'setFTP', params: ftp, body: ftp, reply: ok },
  { operation: 'getFTP', reply: ftp },
  { operation: 'testFTP', params: ftpServer, body: ftpServer, reply: ok },
  { operation: 'setIPFilter', params: filter, body: filter, reply: ok },
  { operation: 'getIPFilter', reply: filter },
];
