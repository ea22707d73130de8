import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { RtpSocket } from '../../../src/homebridge/live/rtp-socket.js';
import { until } from '../../support/until.js';

/** Says something to a port from an address of this machine. */
async function say(text: string, from: string, port: number): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, from);
  await once(socket, 'listening');
  await new Promise((sent) => socket.send(text, port, '127.0.0.1', sent));
  socket.close();
}

it('hears the address of the phone, and nobody else, whatever the port', async () => {
  const phone = { family: 4, localAddress: '127.0.0.1', remoteAddress: '127.0.0.1', remotePort: 9 } as const;
  const socket = await RtpSocket.open(phone);
  const heard: string[] = [];
  socket.onPacket = (packet) => heard.push(packet.toString());
  await say('a stranger', '127.0.0.2', socket.port);
  await say('the phone', '127.0.0.1', socket.port);
  await until('the phone is heard', () => heard.includes('the phone'));
  socket.close();
  expect(heard).toEqual(['the phone']);
});
