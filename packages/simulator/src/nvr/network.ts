import type { OperationParams } from '../../../../src/shared/sdk/index.js';
import { KeptSettings } from './kept-settings.js';
import { Refusal } from './refusal.js';

/** Wireless networks in reach, as in the document's example (SDK 7.2). */
export const WIFI_IN_REACH = [
  { ssid: 'N200RE', signal: 100, security: 'WPA1' },
  { ssid: 'odin-ssid', signal: 100, security: 'WPA2' },
  { ssid: 'N200RE', signal: 100, security: 'WPA2' },
  { ssid: 'Ever-MCC_5G', signal: 77, security: 'WPA2' },
];

/** How the NVR is reached and what it reaches: remembered, and told again, but without effect. */
export class Network {
  readonly interfaces: KeptSettings<OperationParams<'setNetwork'>>;
  readonly ddns = new KeptSettings<OperationParams<'setDDNS'>>({ active: false, domain: 'xnvr', port: 1680 });
  readonly mail = new KeptSettings<OperationParams<'setEMail'>>({
    active: true,
    encryption: 'Auto',
    smpt_port: 25,
    smpt_server: 'email.server',
    username: 'username',
    password: 'secret of the mail server',
    sender: 'sender@email.address',
    receiver1: 'receiver1@email.address',
    receiver2: '',
    receiver3: '',
    interval: 300,
  });
  readonly ftp = new KeptSettings<OperationParams<'setFTP'>>({
    active: false,
    host: 'ftp.server',
    port: '21',
    username: 'username',
    password: 'secret of the FTP server',
    path: '/nvr',
  });
  readonly filter = new KeptSettings<OperationParams<'setIPFilter'>>({
    active: false,
    mode: 0,
    blacklist: [],
    whitelist: [],
  });
  /** What 7.10 set; the sockets stay where they are. */
  ports: OperationParams<'setPort'> | undefined;

  /** @param mac of the NVR */
  constructor(mac: string) {
    this.interfaces = new KeptSettings<OperationParams<'setNetwork'>>({
      pppoe: { active: false, username: '', password: '', interface: 'enp2s0' },
      interfaces: [
        {
          device: 'enp2s0',
          type: 'ethernet',
          dhcp: true,
          address: '192.168.33.165',
          netmask: '255.255.255.0',
          gateway: '192.168.33.254',
          mac,
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
          wifiSSID: 'Ever-MCC_5G',
          wifiPwd: 'secret of the wireless network',
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
    });
  }

  /** SDK 7.3; that there is no such network is no fault. */
  forgetWifi(names: readonly string[]): void {
    const { interfaces, ...others } = this.interfaces.get();
    const forgotten = interfaces.map((one) =>
      names.includes(one.wifiSSID ?? '') ? { ...one, wifiSSID: '', wifiPwd: '' } : one,
    );
    this.interfaces.set({ ...others, interfaces: forgotten });
  }
}

/** A test mail (SDK 7.12) reaches its server where there is one. @throws {@link Refusal} */
export function testMail({ smpt_server }: OperationParams<'testEMail'>): void {
  if (smpt_server === '') throw new Refusal('no mail server');
}

/** SDK 10.30. @throws {@link Refusal} */
export function testFtp({ host }: OperationParams<'testFTP'>): void {
  if (host === '') throw new Refusal('no FTP server');
}
