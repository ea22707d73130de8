import { networkInterfaces } from 'node:os';
import qrcode from 'qrcode-terminal';
import type { Bridge } from './homebridge.js';
import type { DemoOptions } from './options.mjs';

/** What the user reads when everything is up. */
export function welcome(options: DemoOptions, bridge: Bridge): string {
  const { ports, lan } = options;
  const hosts = lan ? lanAddresses() : ['127.0.0.1'];
  const nodeRed = hosts.map((host) => `http://${host}:${ports.nodeRed}/`);
  const snapshots = nodeRed.map((address) => `${address}newest-snapshot`);
  const nvr = `http://127.0.0.1:${ports.simulator}/`;
  return `
${homeKit(bridge, options)}
Node-RED   ${nodeRed.join('  ')}
           each motion takes a picture, the last one is at ${snapshots.join('  ')}${lan ? '\n           It asks for no password: anyone in this network can edit its flows' : ''}
NVR        ${nvr}  shows its cameras and triggers motion and inputs
           user admin, password admin123, ${options.cameras} cameras
Motion     type \`m 2\` and Enter for camera 2, or
           curl -d '{"channel":2}' http://127.0.0.1:${ports.control}/event
${mqtt(options)}
Ready. Ctrl-C stops everything.

`;
}

function mqtt({ mqtt, ports }: DemoOptions): string {
  if (!mqtt) return '';
  return `MQTT       mosquitto_sub -p ${ports.mqtt} -v -t 'everfocus/#'  shows what the bridge says
           mosquitto_pub -p ${ports.mqtt} -t everfocus/demo/SIM001114000001/do/5/set -m ON  switches an output (docs/mqtt.md)
`;
}

function homeKit(bridge: Bridge, { lan, ports }: DemoOptions): string {
  if (bridge.paired)
    return `HomeKit    already paired, bridge on port ${ports.homekit}; \`npm run demo -- --reset\` forgets it`;
  const advice = lan
    ? 'Home app on an iPhone in this network: Add Accessory, scan the code'
    : `announced on this machine only; \`npm run demo -- --lan\` lets an iPhone find it
           The port is open to the network all the same: who knows the setup code can pair`;
  return `${qrCode(bridge.setupUri)}
HomeKit    setup code ${bridge.pin}, bridge on port ${ports.homekit}
           ${advice}`;
}

function qrCode(text: string): string {
  let drawn = '';
  qrcode.generate(text, { small: true }, (code) => (drawn = code));
  return drawn;
}

/** Addresses of this machine that others on the network can reach. */
function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}
