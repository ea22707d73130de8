import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { limits } from '../../src/shared/limits.js';
import { completeOptions } from '../../src/shared/link/options.js';
import { Transport } from '../../src/shared/link/transport.js';
import { until, within } from '../support/until.js';

const AVI = '52494646';

let server: Server;
let transport: Transport;
let clock: ManualClock;

/** A peer that sends one of these bytes after the other, each in a piece of its own, whatever it hears. */
async function dripping(bytes: () => Generator<string>, options: { https?: boolean } = {}) {
  clock = new ManualClock();
  const peers: Socket[] = [];
  const sources = new Map<Socket, Generator<string>>();
  server = createServer((socket) => {
    socket.setNoDelay().on('error', () => undefined);
    socket.on('data', () => undefined);
    peers.push(socket);
    sources.set(socket, bytes());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const settings = completeOptions({ host: '127.0.0.1', port, username: 'u', password: 'p', clock, ...options });
  transport = new Transport(settings);
  /** Another byte to each, which is then there. */
  const drip = async () => {
    await Promise.all(
      peers
        .filter(({ writable }) => writable)
        .map((socket) => new Promise((done) => socket.write(sources.get(socket)?.next().value ?? 'x', done))),
    );
    await new Promise(setImmediate);
  };
  /** One every second, for so many seconds. */
  const drips = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      await drip();
      clock.advance(1000);
    }
  };
  return { drips, peers, settings };
}

afterEach(async () => {
  await transport.close();
  server.close();
});

function* bytesOf(start: string, rest: string): Generator<string> {
  yield* start;
  for (;;) yield rest;
}

const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string; reason?: { code: string } }) => error.reason?.code ?? error.code,
  );

const hasEnded = (socket: Socket | undefined) => socket?.destroyed === true || socket?.readableEnded === true;

describe('A peer that drips', () => {
  const send = (more: object = {}) =>
    transport.send(
      { method: 'GET', path: '/clip', headers: {} },
      { timeout: 10_000, roomFor: () => 'reply.settings', ...more },
    );

  it.each([
    ['a status line', '', 'H'],
    ['a header field', 'HTTP/1.1 200 OK\r\nx: ', 'x'],
    ['header fields', 'HTTP/1.1 200 OK\r\n', 'x:y\r\n'],
    ['interim answers', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['a body', 'HTTP/1.1 200 OK\r\n\r\n{', ' '],
    ['chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n', '1\r\n \r\n'],
    ['the size of a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '0'],
  ])('%s is waited for as long as for any answer, and then its connection is ended', async (_what, start, rest) => {
    const { drips, peers } = await dripping(function* () {
      yield start + rest;
      for (;;) yield rest;
    });
    const outcome = outcomeOf(send());
    await until('the connection', () => peers.length === 1);
    await drips(11);
    expect(['NVR_TIMEOUT', 'NVR_UNREACHABLE']).toContain(await outcome);
    await until('its end', () => hasEnded(peers[0]));
  });

  it('a TLS handshake is given up as a whole', async () => {
    // A ServerHello of 16 KiB, which never comes to its end.
    const { drips, peers } = await dripping(() => bytesOf('\x16\x03\x03\x40\x00\x02\x00\x3f\xfc', '\x03'), {
      https: true,
    });
    const outcome = outcomeOf(send());
    await until('the connection', () => peers.length === 1);
    await drips(4);
    expect(peers.some(({ destroyed }) => destroyed)).toBe(false);
    await drips(2);
    // Nor is it the silence that comes now: that would take 5 s.
    expect(await within(3000, 'the handshake', outcome)).toBe('NVR_UNREACHABLE');
    await until('its end', () => hasEnded(peers[0]));
  });

  const head = 'HTTP/1.1 200 OK\r\n\r\n';

  it('a download is given up after a minute that brought next to nothing, and the limit tells', async () => {
    const { drips, peers, settings } = await dripping(function* () {
      yield `${head}RIFF`;
      for (;;) yield 'x';
    });
    const work = send({ streamMagic: AVI, timeout: 60_000 });
    await until('the connection', () => peers.length === 1);
    await drips(1);
    const { stream } = (await work) as { stream: Readable };
    const end = outcomeOf(stream.resume().toArray());
    await drips(62);
    expect(await end).toBe('NVR_TIMEOUT');
    expect(settings.limits.hits).toEqual([expect.objectContaining({ limit: 'reply.trickle', count: 1 })]);
    await until('its end', () => hasEnded(peers[0]));
  });

  it('nobody is blamed where the one who reads is slow, or the download just brings enough', async () => {
    const minute = 'x'.repeat(limits.reply.trickle);
    const { drips, peers, settings } = await dripping(function* () {
      yield `${head}RIFF`;
      for (;;) {
        for (let second = 0; second < 29; second += 1) yield 'x';
        yield minute;
      }
    });
    const work = send({ streamMagic: AVI, timeout: 60_000 });
    await until('the connection', () => peers.length === 1);
    await drips(1);
    const { stream } = (await work) as { stream: Readable };
    // Nobody reads for ten minutes.
    await drips(600);
    stream.resume();
    await drips(300);
    expect(stream.errored).toBeNull();
    expect(settings.limits.hits).toEqual([]);
    stream.destroy();
  });
});
