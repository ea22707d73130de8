import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { encodeFrame } from '../../src/shared/codec/frame.js';
import { ManualClock, Nvr, type NvrError } from '../../src/shared/index.js';
import { until } from '../support/until.js';

const KEYFRAME = encodeFrame({
  ...{ kind: 'video', codec: 'h264', keyframe: true, width: 640, height: 360, timestamp: 1_700_000_000_000 },
  data: Buffer.from('00000001 6764001f 00000001 68ee3c80 00000001 658884555555'.replaceAll(' ', ''), 'hex'),
});

/** The upgrade as a server that means it answers it (RFC 6455, 4.2.2). */
function accepted(request: string): string {
  const key = /sec-websocket-key: (\S+)/i.exec(request)?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

function message(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x82, data.length]), data]);
}

let server: Server;
let nvr: Nvr;
const sockets: Socket[] = [];
afterEach(async () => {
  await nvr.close();
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

/** An NVR whose camera 1 answers an upgrade byte by byte, one each time it is told to; the others as they should. */
async function drippingNvr(clock: ManualClock): Promise<() => Promise<void>> {
  const dripping: { readonly socket: Socket; readonly bytes: Generator<string> }[] = [];
  server = createServer((socket) => {
    sockets.push(socket.setNoDelay().on('error', () => undefined));
    socket.once('data', (chunk: Buffer) => {
      const request = chunk.toString('latin1');
      const json = (text: string) =>
        `HTTP/1.1 200 OK\r\nSet-Cookie: sid=1\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`;
      if (request.startsWith('GET /live/1/')) {
        const answer = accepted(request).replace('\r\n\r\n', `\r\nX-Long: ${'x'.repeat(10_000)}\r\n\r\n`);
        dripping.push({
          socket,
          bytes: (function* () {
            yield* answer;
          })(),
        });
      } else if (request.startsWith('GET /live/')) {
        socket.write(accepted(request));
        socket.write(message(KEYFRAME));
      } else socket.end(json(request.startsWith('GET') ? '{"realm":"x","qop":"auth","nonce":"n"}' : '{"Result":"OK"}'));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  nvr = new Nvr({ host: '127.0.0.1', port, username: 'u', password: 'p4ssw0rd', clock });
  return async () => {
    for (const { socket, bytes } of dripping)
      if (socket.writable) await new Promise((done) => socket.write(bytes.next().value ?? 'x', done));
    await new Promise(setImmediate);
  };
}

describe('A WebSocket handshake that drips', () => {
  it('is given up as a whole, with a coded error, while other cameras are seen', async () => {
    const clock = new ManualClock();
    const drip = await drippingNvr(clock);
    const errors: (NvrError | undefined)[] = [];
    let pictures = 0;
    nvr.feed(1, 'main').subscribe({ frame: () => undefined, interrupted: (error) => errors.push(error) });
    await until('the first upgrade', () => sockets.some(({ bytesRead }) => bytesRead > 0));
    nvr.feed(2, 'main').subscribe({ frame: () => (pictures += 1) });
    await until('a picture of the other camera', () => pictures > 0);
    // A byte each half second: the connection is never silent.
    for (let half = 0; half < 9; half += 1) {
      await drip();
      clock.advance(500);
    }
    expect(errors).toEqual([]);
    await drip();
    clock.advance(500);
    await until('the error', () => errors.length > 0);
    expect(errors).toMatchObject([{ code: 'NVR_UNREACHABLE' }]);
    expect(nvr.limits.hits).toMatchObject([{ limit: 'socket.handshake', count: 1 }]);
    const snapshot = nvr.feed(2, 'main').latestKeyframe;
    expect(snapshot?.width).toBe(640);
  });
});
