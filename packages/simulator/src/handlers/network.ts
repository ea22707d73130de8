import { WIFI_IN_REACH, testFtp, testMail } from '../nvr/network.js';
import { type Handlers, done } from './handler.js';

type Ids =
  | 'getNetwork'
  | 'scanWifiDevices'
  | 'forgetWifi'
  | 'gsmBitrate'
  | 'getPOEStates'
  | 'setNetwork'
  | 'getDDNS'
  | 'setDDNS'
  | 'getPort'
  | 'setPort';

export const network: Pick<Handlers, Ids> = {
  getNetwork: (_, { nvr }) => nvr.network.interfaces.get(),
  scanWifiDevices: () => ({ 'wifi-list': structuredClone(WIFI_IN_REACH) }),
  forgetWifi: ({ body }, { nvr }) => {
    nvr.network.forgetWifi(body.map(({ wifiSSID }) => wifiSSID));
    return done();
  },
  gsmBitrate: () => ({ upload: '0.22 Kb/s', download: '0.34 Kb/s' }),
  getPOEStates: () => [
    { interface: 'enp5s0', on: false },
    { interface: 'enp10s0', on: true },
  ],
  setNetwork: (settings, { nvr }) => {
    nvr.network.interfaces.set(settings);
    return done();
  },
  getDDNS: (_, { nvr }) => {
    const { active, domain, port } = nvr.network.ddns.get();
    return { active, mac: nvr.mac, server: 'EverfocusDDNS', domain, port, status: active ? 'DDNS_UPDATE_OK' : '' };
  },
  setDDNS: (settings, { nvr }) => {
    nvr.network.ddns.set(settings);
    return done();
  },
  getPort: (_, { nvr, machine: { ports } }) =>
    nvr.network.ports ?? { http_port: ports.http, rtsp_port: ports.rtsp, https_port: ports.https },
  setPort: (ports, { nvr }) => {
    nvr.network.ports = ports;
    return done();
  },
};

/** Mail (7.11–7.13), FTP (10.28–10.30) and the IP filter (10.31, 10.32). */
export const networkServices: Pick<
  Handlers,
  'getEMail' | 'testEMail' | 'setEMail' | 'setFTP' | 'getFTP' | 'testFTP' | 'setIPFilter' | 'getIPFilter'
> = {
  getEMail: (_, { nvr }) => nvr.network.mail.get(),
  testEMail: (settings) => {
    testMail(settings);
    return done();
  },
  setEMail: (settings, { nvr }) => {
    nvr.network.mail.set(settings);
    return done();
  },
  setFTP: (settings, { nvr }) => {
    nvr.network.ftp.set(settings);
    return done();
  },
  getFTP: (_, { nvr }) => nvr.network.ftp.get(),
  testFTP: (server) => {
    testFtp(server);
    return done();
  },
  setIPFilter: (filter, { nvr }) => {
    nvr.network.filter.set(filter);
    return done();
  },
  getIPFilter: (_, { nvr }) => nvr.network.filter.get(),
};
