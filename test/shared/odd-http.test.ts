import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Nvr, NvrError, operations } from '../../src/shared/index.js';

// What HTTP allows, almost allows or forbids, from a peer that speaks it byte by byte.

let server: Server;
let client: Nvr;
let sockets: Socket[];
let reply: string | Buffer;

const whole = (body: string, fields = '') =>
  `HTTP/1.1 200 OK\r\n${fields}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

beforeEach(async () => {
  sockets = [];
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const request = data.toString('latin1');
      if (request.startsWith('GET /admin/login')) {
        socket.write(whole('{"realm":"xnvr","qop":"auth","nonce":"n","opaque":""}', 'Set-Cookie: sid=1\r\n'));
      } else if (request.includes(' /admin/')) socket.write(whole('{"Result":"OK","Description":"userID=1"}'));
      else socket.write(reply);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  client = new Nvr({ host: '127.0.0.1', port, username: 'admin', password: 'p4ssw0rd' });
});

afterEach(async () => {
  await client.close();
  for (const socket of sockets) socket.destroy();
  server.close();
});

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const elsewhere = 'Location: http://127.0.0.1:1/\r\nRefresh: 0;url=http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n';
const zipped = gzipSync('[]');

const odd: Readonly<Record<string, string | Buffer>> = {
  'a hundred thousand times "go on"': 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100_000),
  'early hints without end': 'HTTP/1.1 103 Early Hints\r\nSet-Cookie: a=b\r\n\r\n'.repeat(50_000),
  'another protocol, unasked': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nxx',
  'no status at all': 'HTTP/1.1 000 X\r\nContent-Length: 2\r\n\r\n[]',
  'a status of its own': 'HTTP/1.1 999 \u0001\u0002\r\nContent-Length: 2\r\n\r\n[]',
  'a reply without content that has some': 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n[]',
  'both lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n',
  'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n[]',
  'a length below 0': 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n[]',
  'a length beyond all numbers': 'HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551617\r\n\r\n[]',
  'header fields that are folded': `HTTP/1.1 200 OK\r\nX: a\r\n${' b\r\n'.repeat(10_000)}\r\n`,
  'trailers of a megabyte': `${chunked}2\r\n[]\r\n0\r\n${'X-A: bbbbbbbb\r\n'.repeat(70_000)}`,
  'a reason of a megabyte': `HTTP/1.1 200 ${'x'.repeat(1_000_000)}\r\nContent-Length: 2\r\n\r\n[]`,
  'line ends of another system': 'HTTP/1.1 200 OK\nContent-Length: 2\n\n[]',
  'a compressed reply, which nobody asked for': Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`),
    zipped,
  ]),
  'the way to another host': `HTTP/1.1 302 Found\r\n${elsewhere}`,
  'the way to another host, request and all': `HTTP/1.1 307 Temporary Redirect\r\n${elsewhere}`,
  'HTTP/2': Buffer.of(0, 0, 18, 4, 0, 0, 0, 0, 0),
};

describe('An NVR that speaks HTTP like nobody else', () => {
  it.each(Object.entries(odd))('is told in words of ours, and nobody is asked in its place: %s', async (_, bytes) => {
    reply = bytes;
    const outcome = await client.call(operations.cameraList, {}, { timeout: 2000 }).catch((error: unknown) => error);
    if (outcome instanceof Error) {
      expect(outcome).toBeInstanceOf(NvrError);
      // undici's assertions tell people nothing.
      expect(outcome.message).not.toMatch(/==|assert/i);
      expect(outcome.message.length).toBeLessThan(300);
    } else expect(outcome).toEqual([]);
  });

  it('is asked for replies that are not compressed: without a word any coding would be allowed', async () => {
    const asked: string[] = [];
    server.on('connection', (socket: Socket) => socket.on('data', (data) => asked.push(data.toString('latin1'))));
    reply = whole('[]');
    await client.call(operations.cameraList, {});
    expect(asked).toHaveLength(3);
    expect(asked.filter((request) => !/^accept-encoding: identity\r$/im.test(request))).toEqual([]);
  });

  it('is listened to up to the end of its reply: what follows answers nothing', async () => {
    reply = `${whole('[]')}${whole('[{"ChannelID":9,"DeviceName":"forged"}]')}rubbish`;
    const outcomes = await Promise.all([1, 2, 3].map(() => client.call(operations.cameraList, {}).catch(() => [])));
    expect(outcomes).toEqual([[], [], []]);
    reply = whole('[]');
    expect(await client.call(operations.cameraList, {})).toEqual([]);
  });
});
