import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { type Clock, ManualClock, Nvr, operations } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';

/** ms; recordings of both channels surround it. */
const NOW = 1_700_000_000_000;
/** Simulated ms of one step. */
const STEP = 500;
/** Round trips over the network within a step: as many as the longest exchange needs, with a good deal to spare. */
const ROUND_TRIPS = 40;
/** Simulated ms of one call: thirty steps, so that the network gets 1,200 turns. */
const CALL_TIME = 30 * STEP;

/** Everything that uses an NVR. */
export type Consumer = 'read' | 'write' | 'hook' | 'status' | 'feed' | 'playback' | 'control' | 'talk';

/** One of them at work. */
export interface Use {
  /** Whether it got something since it was asked before. */
  works(): boolean;
  /** What it ended with, if it did. */
  ended?: () => { code?: string } | undefined;
}

export interface ConsumersBench {
  /** Simulator and client of the running test. */
  readonly simulator: Simulator;
  /** Starts both, with those faults on from the beginning. */
  begin(faults?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Sets the clock of the client wrong, ms. */
  setClock(offset: number): void;
  use(consumer: Consumer): Promise<Use>;
  /** Lets simulated time pass until something is so. */
  within(seconds: number, what: () => boolean): Promise<boolean>;
}

/** Call within `describe`. All time is simulated. */
export function consumersBench(): ConsumersBench {
  const echo = createServer((socket) => socket.pipe(socket));
  let line: ReturnType<typeof connect>;
  let clock: ManualClock;
  let offset: number;
  let simulator: Simulator;
  let client: Nvr;

  beforeAll(async () => {
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    line = connect((echo.address() as AddressInfo).port, '127.0.0.1');
    await once(line, 'connect');
  });
  afterAll(() => {
    line.destroy();
    echo.close();
  });
  afterEach(async () => {
    Object.assign(simulator.faults, { stalledReplies: false, halfOpenSockets: false });
    await client.close();
    await until('no socket to be open', () => simulator.openSockets === 0);
    await simulator.stop();
  });

  /** Round trips over a real socket: connections that are being made get ahead of simulated time. */
  const settle = async () => {
    for (let trip = 0; trip < ROUND_TRIPS; trip++) {
      line.write('x');
      await once(line, 'data');
    }
  };

  const uses: Readonly<Record<Consumer, () => Promise<Use>>> = {
    read: () => calls(() => client.call(operations.cameraList, {}, { timeout: CALL_TIME })),
    write: () =>
      calls(() => client.call(operations.pinManualSetting, { pinID: 5, pinValue: 1 }, { timeout: CALL_TIME })),
    hook: async () => {
      let count = 0;
      client.events.subscribe({ message: ({ channel }) => void (count += Number(channel === 2)) });
      return counted(() => {
        simulator.throwEvent({ channel: 2, type: 'Tag', state: 'once' });
        return count;
      });
    },
    status: async () => {
      let count = 0;
      client.cameraStatus.subscribe({ message: () => (count += 1) });
      return counted(() => count);
    },
    feed: async () => {
      let count = 0;
      client.feed(1, 'sub').subscribe({ frame: () => (count += 1) });
      return counted(() => count);
    },
    playback: async () => {
      let count = 0;
      let end: { code?: string } | undefined;
      client.playback({ channel: 1, stream: 'sub', from: NOW - 3_600_000 }).subscribe({
        frame: () => (count += 1),
        ended: (error) => (end = (error as { code?: string } | undefined) ?? { code: 'ENDED' }),
      });
      return { ...counted(() => count), ended: () => end };
    },
    control: async () => {
      let count = 0;
      let at = NOW - 3_600_000;
      const playback = client.playback({ channel: 1, stream: 'sub', from: at });
      playback.subscribe({ frame: () => (count += 1) });
      const commands = await calls(() => playback.seek((at += 2000)));
      // A command that was taken shows in the pictures.
      return { ...commands, works: () => commands.works() && count > 0 };
    },
    talk: async () => {
      const talk = await client.talk(1);
      let end: { code?: string } | undefined;
      const say = async () => {
        for (;;) await talk.write(Buffer.alloc(1600, 0x55));
      };
      say().catch((error: { code?: string }) => (end = error));
      return { ...counted(() => simulator.talk(1).audio.length), ended: () => end };
    },
  };

  /** Calls one after the other. */
  async function calls(call: () => Promise<unknown>): Promise<Use> {
    let outcome: { code?: string } | 'done' | undefined;
    let running = false;
    const go = () => {
      if (running) return;
      running = true;
      call()
        .then(
          () => (outcome = 'done'),
          (error: { code?: string }) => (outcome = error),
        )
        .finally(() => (running = false));
    };
    return {
      works: () => {
        go();
        return outcome === 'done';
      },
      ended: () => (typeof outcome === 'object' ? outcome : undefined),
    };
  }

  /** Works while a number grows. */
  function counted(count: () => number): Use {
    let last = count();
    return {
      works: () => {
        const now = count();
        const grown = now > last;
        last = now;
        return grown;
      },
    };
  }

  return {
    get simulator() {
      return simulator;
    },
    async begin(faults = {}) {
      clock = new ManualClock(NOW);
      simulator = await Simulator.start({ cameras: 2, clock });
      Object.assign(simulator.faults, faults);
      const { host, port } = simulator;
      offset = 0;
      const set: Clock = {
        now: () => clock.now(),
        worked: () => clock.worked(),
        wall: () => clock.wall() + offset,
        after: (ms, action) => clock.after(ms, action),
      };
      client = new Nvr({ host, port, username: 'admin', password: 'admin123', clock: set, feedLingerMs: 0 });
      await client.call(operations.cameraList);
    },
    setClock: (ms) => (offset = ms),
    use: (consumer) => uses[consumer](),
    async within(seconds, what) {
      for (let passed = 0; passed < seconds * 1000; passed += STEP) {
        if (what()) return true;
        clock.advance(STEP);
        await settle();
      }
      return what();
    },
  };
}
