// Loaded into the example that searches the network: lets it search this machine only, where the simulator is.
import { Socket } from 'node:dgram';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

const loopback = { address: '127.0.0.1', netmask: '255.0.0.0', mac: '02:00:00:00:00:01', cidr: '127.0.0.1/8' };
os.networkInterfaces = () => ({ lo: [{ ...loopback, family: 'IPv4', internal: false }] });
syncBuiltinESMExports();

/** @type {Function} */
const send = Socket.prototype.send;
/** @this {Socket} @param {unknown} message @param {unknown} port @param {unknown[]} to */
Socket.prototype.send = function (message, port, ...to) {
  Reflect.apply(send, this, [message, Number(process.env['NVR_DISCOVERY_PORT'] ?? port), ...to]);
};
