import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MessagePortions } from '../../src/shared/link/message-portions.js';
import { until } from '../support/until.js';

const HEADER = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
const server = createServer({ noDelay: true });
let port: number;
let peer: Socket;
let stream: MessagePortions;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());
afterEach(() => {
  stream.destroy();
  peer.destroy();
});

/** What is handed on, as it comes. */
async function open(): Promise<Buffer[]> {
  const handed: Buffer[] = [];
  const accepted = once(server, 'connection');
  stream = new MessagePortions(connect({ host: '127.0.0.1', port }));
  stream.on('data', (portion: Buffer) => void handed.push(portion));
  [peer] = (await accepted) as [Socket];
  return handed;
}

/** A frame of text (RFC 6455, 5.2); taken for frames, its bytes would be the smallest there are. */
function frame(length: number): Buffer {
  const size = length < 126 ? [length] : length < 65_536 ? [126, length >> 8, length & 255] : undefined;
  const long = Buffer.alloc(8);
  long.writeBigUInt64BE(BigInt(length));
  return Buffer.concat([Buffer.from([0x81, ...(size ?? [127, ...long])]), Buffer.alloc(length)]);
}

const all = (handed: readonly Buffer[]) => handed.reduce((bytes, { length }) => bytes + length, 0);

describe('a connection that becomes a WebSocket', () => {
  it('hands on 256 messages a turn of the loop, the first ones apart from the header before them', async () => {
    const handed = await open();
    let turns = 0;
    const counting = new AbortController();
    const counted = (async () => {
      for (; !counting.signal.aborted; turns++) await setImmediate();
    })();
    peer.write(Buffer.concat([HEADER, ...Array.from({ length: 2560 }, () => frame(1))]));
    await until('all of it', () => all(handed) === HEADER.length + 2560 * 3);
    counting.abort();
    await counted;
    expect(handed[0]?.toString()).toBe(HEADER.toString());
    expect(Math.max(...handed.slice(1).map(({ length }) => length))).toBe(256 * 3);
    expect(turns).toBeGreaterThanOrEqual(10);
  });

  it('leaves large messages as they come', async () => {
    const handed = await open();
    const sent = Buffer.concat([HEADER, ...Array.from({ length: 20 }, () => frame(70_000))]);
    peer.write(sent);
    await until('all of it', () => all(handed) === sent.length);
    // What one reading of the socket brings, which nothing cuts.
    expect(Buffer.concat(handed).equals(sent)).toBe(true);
    expect(handed.length).toBeLessThan(sent.length / 10_000);
  });

  it('hands on what comes, whatever it is and however it is cut, to the end', async () => {
    const lengths = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(125, 126, 65_535, 65_536)), {
      maxLength: 40,
    });
    const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(lengths, cuts, fc.uint8Array(), async (sizes, steps, rubbish) => {
        const handed = await open();
        const ended = once(stream, 'end');
        const sent = Buffer.concat([HEADER, ...sizes.map(frame), rubbish]);
        for (let at = 0, index = 0; at < sent.length; index++) {
          const step = index < 200 ? (steps[index % steps.length] ?? 1) : sent.length;
          peer.write(sent.subarray(at, at + step));
          at += step;
        }
        peer.end();
        await ended;
        expect(Buffer.concat(handed).equals(sent)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('makes the peer wait while nobody reads, and goes on when somebody does', async () => {
    const handed = await open();
    stream.pause();
    // Several times what the network holds for both of us.
    const sent = Buffer.concat([HEADER, ...Array.from({ length: 600 }, () => frame(65_000))]);
    peer.write(sent);
    await until('something has come', () => stream.readableLength > 0);
    // Turns in which all of it could have been read.
    for (let turn = 0; turn < 2000; turn++) await setImmediate();
    expect(peer.writableLength).toBeGreaterThan(0);
    expect(stream.readableLength).toBeLessThan(1_000_000);
    expect(handed).toEqual([]);
    stream.resume();
    await until('all of it', () => all(handed) === sent.length);
  });

  it('ends with the connection, with its error, and both ways', async () => {
    await open();
    peer.resetAndDestroy();
    await once(stream, 'error').then(([error]) => expect(error).toMatchObject({ code: 'ECONNRESET' }));
    await open();
    const closed = once(peer, 'close');
    stream.destroy();
    await closed;
  });
});
