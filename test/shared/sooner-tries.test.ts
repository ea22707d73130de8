import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { LoginRejectedError, type NvrError, NvrRefusedError, NvrUnreachableError } from '../../src/shared/errors.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';
import { ReconnectingSocket } from '../../src/shared/link/reconnecting-socket.js';
import { Recovery } from '../../src/shared/link/recovery.js';
import type { OpenSocket } from '../../src/shared/link/socket-connector.js';
import { silentLogger } from '../../src/shared/logger.js';

const away = new NvrUnreachableError('down');

let clock: ManualClock;
let recovery: Recovery;
let socket: ReconnectingSocket;
/** How each try since {@link open} goes on. */
let tries: { readonly fail: (error: NvrError) => Promise<void>; readonly succeed: () => void }[];

beforeEach(() => {
  clock = new ManualClock();
  recovery = new Recovery();
  tries = [];
  socket = new ReconnectingSocket(
    {
      ...{ clock, recovery, logger: silentLogger, limits: new LimitCounters(silentLogger), random: () => 0.5 },
      probe: () => Promise.resolve(),
      connect: (_path, handlers) =>
        new Promise((resolve, reject) => {
          const fail = async (error: NvrError) => {
            reject(error);
            await new Promise(setImmediate);
          };
          const succeed = () => {
            handlers.opened(fakeSocket());
            resolve();
          };
          tries.push({ fail, succeed });
        }),
    },
    '/hook',
    { opened: () => undefined, message: () => true, closed: () => undefined },
  );
});

afterEach(() => socket.close());

function fakeSocket(): OpenSocket {
  const nothing = () => undefined;
  return Object.assign(new EventEmitter(), {
    ...{ ping: nothing, send: nothing, pause: nothing, resume: nothing, terminate: nothing },
  });
}

/** Tries fail until the next one would come in 16 s; the last is still to fail. */
async function outage(): Promise<void> {
  for (const wait of [500, 1000, 2000, 4000, 8000]) {
    await tries.at(-1)?.fail(away);
    clock.advance(wait);
  }
  expect(tries).toHaveLength(6);
}

describe('a socket that is waited for', () => {
  it('is tried at once, and then every 2 s, however many wait', async () => {
    await outage();
    await tries.at(-1)?.fail(away);
    clock.advance(5000);
    expect(tries).toHaveLength(6);
    socket.want();
    socket.want();
    clock.advance(0);
    expect(tries).toHaveLength(7);
    await tries.at(-1)?.fail(away);
    for (let ms = 0; ms < 1999; ms += 1) {
      socket.want();
      clock.advance(1);
    }
    expect(tries).toHaveLength(7);
    clock.advance(1);
    expect(tries).toHaveLength(8);
  });

  it.each([
    ['a right is lacking', new NvrRefusedError('/hook', 'no right')],
    ['the login was rejected', new LoginRejectedError('no')],
  ])('is tried no sooner where %s', async (_case, error) => {
    await outage();
    await tries.at(-1)?.fail(error);
    clock.advance(5000);
    socket.want();
    clock.advance(0);
    expect(tries).toHaveLength(6);
  });

  it('is tried once only while it connects, and when it is open', () => {
    socket.want();
    clock.advance(5000);
    socket.want();
    clock.advance(5000);
    expect(tries).toHaveLength(1);
    tries[0]?.succeed();
    socket.want();
    clock.advance(5000);
    expect(tries).toHaveLength(1);
  });
});

describe('a try that fails while the NVR comes back', () => {
  it('is followed by the next at once, as nobody may be heard from again for long', async () => {
    await outage();
    recovery.heard();
    await tries.at(-1)?.fail(away);
    clock.advance(500);
    expect(tries).toHaveLength(7);
  });

  it('is followed so once: what was heard may have been its own doing', async () => {
    await outage();
    recovery.heard();
    await tries.at(-1)?.fail(away);
    clock.advance(500);
    recovery.heard();
    await tries.at(-1)?.fail(away);
    clock.advance(29_999);
    expect(tries).toHaveLength(7);
    clock.advance(1);
    expect(tries).toHaveLength(8);
  });
});
