/**
 * The least that a Node can do of a live view, as a process of its own: it takes the messages of so many WebSockets, and
 * sends as many datagrams of the same size as the packets that they make. Nothing is read, encrypted, encoded or kept.
 * node bench/bare-node.ts <port of the messages> <connections> <port of the datagrams>
 */
import { createSocket } from 'node:dgram';
import { WebSocket } from 'ws';

/** Bytes of a packet, protected, and of its payload. */
const PACKET = 1200;
const PAYLOAD = 1178;
/** Frames up to this are sound: two packets of so many bytes. */
const SOUND = 400;
const SOUND_PACKETS = 2;
const SOUND_PACKET = 82;

const [from = 0, connections = 0, to = 0] = process.argv.slice(2).map(Number);
const bytes = Buffer.alloc(PACKET);
const socket = createSocket({ type: 'udp4', lookup: (host, _options, done) => done(null, host, 4) });
socket.bind(0, '127.0.0.1', () => {
  for (let index = 0; index < connections; index += 1) {
    const messages = new WebSocket(`ws://127.0.0.1:${from}`, { perMessageDeflate: false });
    messages.on('message', (data: Buffer) => {
      const isSound = data.length < SOUND;
      const packets = isSound ? SOUND_PACKETS : Math.ceil(data.length / PAYLOAD);
      for (let packet = 0; packet < packets; packet += 1)
        socket.send(bytes, 0, isSound ? SOUND_PACKET : PACKET, to, '127.0.0.1');
    });
  }
});
