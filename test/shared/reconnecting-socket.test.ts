import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { ManualClock } from '../../src/shared/clock.js';
import {
  InvalidReplyError,
  LoginRejectedError,
  type NvrError,
  NvrRefusedError,
  NvrTimeoutError,
  NvrUnavailableError,
  NvrUnreachableError,
  SessionLostError,
} from '../../src/shared/errors.js';
import { ReconnectingSocket, type SocketEnvironment } from '../../src/shared/link/reconnecting-socket.js';
import { Recovery } from '../../src/shared/link/recovery.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';
import { silentLogger } from '../../src/shared/logger.js';

let server: WebSocketServer;
let clock: ManualClock;
let socket: ReconnectingSocket;
let log: string[];
let unheard: string[];
let recovery: Recovery;
let probe: () => Promise<void>;
let wake: () => void = () => undefined;

beforeEach(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: true });
  await once(server, 'listening');
  clock = new ManualClock();
  log = [];
  unheard = [];
  recovery = new Recovery();
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
    limits: new LimitCounters(silentLogger),
    random: () => 0.5,
    recovery,
    probe: () => probe(),
    connect: connector,
    unheard: (path) => unheard.push(path),
  };
  socket = new ReconnectingSocket(
    environment,
    '/hook',
    {
      opened: () => note('opened'),
      message: (data) => {
        note(`message ${data.toString()}`);
        return data.toString() !== 'rubbish';
      },
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
    expect(unheard).toEqual([]);
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

  it.each([
    ['no connection', new NvrUnreachableError('gone')],
    ['no answer', new NvrTimeoutError('too late')],
    ['no session', new SessionLostError('logged out')],
  ])('asks by HTTP where no pong ever came, and reconnects at %s', async (_case, error) => {
    server.options.autoPong = false;
    const connected = peer();
    open();
    await connected;
    await logged('opened');
    probe = () => Promise.reject(error);
    clock.advance(15_000);
    await expect(logged('closed NVR_UNREACHABLE')).resolves.toBeUndefined();
  });

  it.each([
    ['a refusal', new NvrRefusedError('getPort', 'not for you')],
    ['an answer that is not understood', new InvalidReplyError('no JSON')],
    ['an answer that there is none now', new NvrUnavailableError('HTTP status 503')],
    ['a rejected login', new LoginRejectedError('no')],
  ])('takes %s as the sign of life that it is', async (_case, error) => {
    server.options.autoPong = false;
    const connected = peer();
    open();
    await connected;
    await logged('opened');
    let probes = 0;
    probe = () => {
      probes += 1;
      return Promise.reject(error);
    };
    for (let beats = 0; beats < 3; beats += 1) {
      clock.advance(15_000);
      await new Promise(setImmediate);
    }
    expect(probes).toBe(3);
    expect(log).toEqual(['opened']);
  });

  it('remembers no timer that has fired, however long it stays up', async () => {
    let cancelled = 0;
    const after = clock.after.bind(clock);
    clock.after = (ms, action) => {
      const timer = after(ms, action);
      return {
        cancel: () => {
          cancelled += 1;
          timer.cancel();
        },
      };
    };
    server.options.autoPong = false;
    const connected = peer();
    open();
    await connected;
    await logged('opened');
    for (let beats = 0; beats < 50; beats += 1) {
      clock.advance(15_000);
      await new Promise(setImmediate);
    }
    expect(log).toEqual(['opened']);
    socket.close();
    expect(clock.pending).toBe(0);
    expect(cancelled).toBeLessThan(5);
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

  it('takes rubbish for silence, and what is understood between it for none', async () => {
    const connected = peer();
    open(undefined, 5000);
    const device = await connected;
    const send = async (message: string, passing: number) => {
      device.send(message);
      await logged(`message ${message}`);
      clock.advance(passing);
    };
    await send('tick', 4000);
    await send('rubbish', 999);
    await send('tick', 4000);
    await send('rubbish', 999);
    expect(log.at(-1)).toBe('message rubbish');
    clock.advance(1);
    await logged('closed NVR_UNREACHABLE');
  });

  it('takes rubbish for no sign that the NVR is back', async () => {
    const connected = peer();
    open();
    const hurried: string[] = [];
    recovery.wait(() => hurried.push(log.join(', ')));
    const device = await connected;
    device.send('rubbish');
    device.send('tick');
    await logged('message tick');
    expect(hurried).toEqual(['opened, message rubbish, message tick']);
  });

  it('is pinged when it opens, so that one that dies at once is noticed', async () => {
    const connected = peer();
    open();
    const device = await connected;
    await once(device, 'ping');
    await new Promise((resolve) => device.send('after the pong', resolve));
    await logged('message after the pong');
    device.pause();
    clock.advance(15_000);
    expect(log.at(-1)).toBe('message after the pong');
    clock.advance(15_000);
    await logged('closed NVR_UNREACHABLE');
  });

  it('is noticed dead without a pong of its own where the device answers those of other sockets', async () => {
    server.options.autoPong = false;
    recovery.answersPings = true;
    const connected = peer();
    open();
    await connected;
    await logged('opened');
    clock.advance(15_000);
    await logged('closed NVR_UNREACHABLE');
    expect(log).toEqual(['opened', 'closed NVR_UNREACHABLE']);
  });

  it('stops where the login is rejected, until it is accepted', async () => {
    let tries = 0;
    open((path, handlers, signal) => {
      tries += 1;
      return tries === 1 ? Promise.reject(new LoginRejectedError('no')) : connect(path, handlers, signal);
    });
    await logged('closed LOGIN_REJECTED');
    expect(clock.pending).toBe(0);
    clock.advance(3_600_000);
    expect(tries).toBe(1);
    recovery.heard();
    clock.advance(1000);
    await logged('opened');
  });

  it('is hurried by what works elsewhere every 10 s at most, and not at all where it is refused', async () => {
    const triesOf = async (error: NvrError) => {
      let tries = 0;
      const own = open(() => {
        tries += 1;
        return Promise.reject(error);
      });
      for (let second = 0; second < 600; second += 1) {
        recovery.heard();
        clock.advance(1000);
        await new Promise(setImmediate);
      }
      own.close();
      return tries;
    };
    const broken = await triesOf(new NvrUnreachableError('hangs up'));
    expect(broken).toBeGreaterThan(50);
    expect(broken).toBeLessThan(75);
    // 30 s on average once they have grown, as ever.
    expect(await triesOf(new NvrRefusedError('/hook', 'no right'))).toBeLessThan(28);
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

  it('does not wait out a long outage once another socket hears from the NVR', async () => {
    let tries = 0;
    open(() => {
      tries += 1;
      return Promise.reject(new NvrUnreachableError('down'));
    });
    await logged('closed NVR_UNREACHABLE');
    for (const wait of [500, 1000, 2000, 4000, 8000]) {
      const before = log.length;
      clock.advance(wait);
      while (log.length === before) await new Promise(setImmediate);
    }
    expect(tries).toBe(6);
    // The next wait would be 16 s.
    recovery.heard();
    clock.advance(499);
    expect(tries).toBe(6);
    clock.advance(1);
    expect(tries).toBe(7);
  });

  it('tells the others when it hears from the NVR, not when it merely opens', async () => {
    const hurried: string[] = [];
    recovery.wait(() => hurried.push(log.join(', ')));
    const connected = peer();
    open();
    const device = await connected;
    await logged('opened');
    expect(hurried).toEqual([]);
    device.send('first');
    await logged('message first');
    expect(hurried).toEqual(['opened, message first']);
  });
});

describe('a socket that an NVR does not let in', () => {
  it.each<[string, NvrError, number, readonly string[]]>([
    ['is not opened', new NvrUnavailableError('full'), 0, ['/hook']],
    ['lacks a right', new NvrRefusedError('hook', 'no right'), 0, []],
    ['is not opened in time', new NvrUnreachableError('late'), 10_000, []],
  ])('and that %s', async (_, error, ms, told) => {
    open(() => (clock.advance(ms), Promise.reject(error)));
    await logged(`closed ${error.code}`);
    expect(unheard).toEqual(told);
  });

  it('and that is opened and ended at once', async () => {
    const first = peer();
    open();
    (await first).terminate();
    await logged('closed quietly');
    expect(unheard).toEqual(['/hook']);
  });
});
