import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { ManualClock } from '../../src/shared/clock.js';
import { LoginRejectedError, type NvrError, NvrUnreachableError } from '../../src/shared/errors.js';
import { ReconnectingSocket, type SocketEnvironment } from '../../src/shared/hooks/reconnecting-socket.js';
import { silentLogger } from '../../src/shared/logger.js';

let server: WebSocketServer;
let clock: ManualClock;
let socket: ReconnectingSocket;
let log: string[];
let probe: () => Promise<void>;
let wake: () => void = () => undefined;

beforeEach(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: true });
  await once(server, 'listening');
  clock = new ManualClock();
  log = [];
  probe = () => Promise.resolve();
});

afterEach(async () => {
  socket.close();
  for (const client of server.clients) client.terminate();
  await new Promise((resolve) => server.close(resolve));
});

function note(entry: string): void {
  log.push(entry);
  wake();
}

/** Waits until the log ends with that entry. */
async function logged(entry: string): Promise<void> {
  while (log.at(-1) !== entry) await new Promise<void>((resolve) => (wake = resolve));
}

const connect: SocketEnvironment['connect'] = async (path, handlers) => {
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  client.on('message', (data) => handlers.message(data as Buffer, false));
  client.once('open', () => handlers.opened(client));
  await once(client, 'open');
};

function open(connector = connect, silenceLimit?: number): ReconnectingSocket {
  const environment: SocketEnvironment = {
    clock,
    logger: silentLogger,
    random: () => 0.5,
    probe: () => probe(),
    connect: connector,
  };
  socket = new ReconnectingSocket(
    environment,
    '/hook',
    {
      opened: () => note('opened'),
      message: (data) => note(`message ${data.toString()}`),
      closed: (error: NvrError | undefined) => note(`closed ${error?.code ?? 'quietly'}`),
    },
    silenceLimit,
  );
  return socket;
}

async function peer(): Promise<WebSocket> {
  const [client] = (await once(server, 'connection')) as [WebSocket];
  return client;
}

describe('a socket that is kept open', () => {
  it('delivers messages and comes back after a loss, waiting with jitter', async () => {
    const first = peer();
    open();
    (await first).send('one');
    await logged('message one');
    const second = peer();
    (await first).terminate();
    await logged('closed quietly');
    clock.advance(499);
    expect(server.clients.size).toBe(0);
    clock.advance(1);
    (await second).send('two');
    await logged('message two');
    expect(log).toEqual(['opened', 'message one', 'closed quietly', 'opened', 'message two']);
  });

  it('waits longer after each failure, and starts over after a minute of health', async () => {
    let fail = true;
    const waits: number[] = [];
    open((path, handlers, signal) =>
      fail ? Promise.reject(new NvrUnreachableError('down')) : connect(path, handlers, signal),
    );
    const nextTry = async () => {
      const before = clock.now();
      const tries = log.length;
      while (log.length === tries) {
        clock.advance(1);
        await new Promise(setImmediate);
      }
      waits.push(clock.now() - before);
    };
    await logged('closed NVR_UNREACHABLE');
    for (let count = 0; count < 3; count += 1) await nextTry();
    expect(waits).toEqual([500, 1000, 2000]);
    fail = false;
    clock.advance(4000);
    await logged('opened');
    for (let beats = 0; beats < 4; beats += 1) {
      clock.advance(15_000);
      await new Promise(setImmediate);
    }
    fail = true;
    for (const client of server.clients) client.terminate();
    await logged('closed quietly');
    waits.length = 0;
    await nextTry();
    expect(waits).toEqual([500]);
  });

  it('reconnects after a missing pong where the device has answered one before', async () => {
    const connected = peer();
    open();
    const device = await connected;
    await logged('opened');
    let probes = 0;
    probe = () => Promise.resolve(void (probes += 1));
    const pinged = once(device, 'ping');
    clock.advance(15_000);
    await pinged;
    await new Promise((resolve) => device.send('after the pong', resolve));
    await logged('message after the pong');
    // The device hangs from now on: it reads no more, so no ping is answered.
    device.pause();
    clock.advance(15_000);
    await new Promise(setImmediate);
    clock.advance(15_000);
    await logged('closed NVR_UNREACHABLE');
    expect(probes).toBe(1);
  });

  it('asks by HTTP where no pong ever came, and reconnects when that fails too', async () => {
    const connected = peer();
    open();
    await connected;
    await logged('opened');
    probe = () => Promise.reject(new NvrUnreachableError('no answer'));
    clock.advance(15_000);
    await logged('closed NVR_UNREACHABLE');
  });

  it('reconnects after silence where silence is not normal', async () => {
    const connected = peer();
    open(undefined, 5000);
    (await connected).send('tick');
    await logged('message tick');
    clock.advance(4999);
    expect(log.at(-1)).toBe('message tick');
    clock.advance(1);
    await logged('closed NVR_UNREACHABLE');
  });

  it('stops where somebody must change something first', async () => {
    let tries = 0;
    open(() => {
      tries += 1;
      return Promise.reject(new LoginRejectedError('no'));
    });
    await logged('closed LOGIN_REJECTED');
    expect(clock.pending).toBe(0);
    expect(tries).toBe(1);
  });

  it('leaves neither timer nor socket when closed, also in the middle of connecting', async () => {
    const connected = peer();
    open(undefined, 5000);
    const device = await connected;
    socket.close();
    await once(device, 'close');
    expect(clock.pending).toBe(0);
    expect(log).not.toContain('closed quietly');
  });
});
