import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { LoginRejectedError, type NvrError, NvrRefusedError, NvrUnreachableError } from '../../src/shared/errors.js';
import { ACTIVE_LIMIT, PULSE_LENGTH } from '../../src/shared/state/active-events.js';
import { EventStates } from '../../src/shared/state/event-states.js';
import type { Hook, HookListener } from '../../src/shared/push/hook.js';
import { type ChannelStatus, type NvrEvent, readEvents, readStatusMessage } from '../../src/shared/push/messages.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';
import { limits } from '../../src/shared/limits.js';
import { silentLogger } from '../../src/shared/logger.js';

const settled = () => new Promise(setImmediate);

/** Event states above a hook that the test plays. */
function setUp(statuses: () => Promise<readonly ChannelStatus[]> = () => Promise.resolve([])) {
  const clock = new ManualClock();
  let hook: HookListener<NvrEvent> = { message: () => undefined };
  const stub = {
    subscribe: (listener: HookListener<NvrEvent>) => {
      hook = listener;
      return { close: () => undefined };
    },
  } as unknown as Hook<NvrEvent>;
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (line: string) => void warnings.push(line) };
  const counters = new LimitCounters(logger);
  const states = new EventStates(stub, statuses, { clock, logger, limits: counters });
  const log: string[] = [];
  let known: () => void = () => undefined;
  states.subscribe({
    changed: ({ channel, type, active, cause }) => log.push(`${channel} ${type} ${active ? 'on' : 'off'} ${cause}`),
    unknown: () => log.push('unknown'),
    known: () => known(),
  });
  return {
    hits: () => counters.hits.map(({ limit }) => limit),
    counts: () => counters.hits.map(({ count }) => count),
    clock,
    states,
    log,
    warnings,
    event: (channel: number, type: string, state: NvrEvent['state']) => hook.message({ channel, type, state }),
    lose: (error?: NvrError) => hook.disconnected?.(error),
    connect: () => hook.connected?.(),
    reconciled: () => new Promise<void>((resolve) => (known = resolve)),
  };
}

describe('event states', () => {
  it('follow the edges of each channel and type, and report a change once', () => {
    const { states, log, event } = setUp();
    event(1, 'Motion', 'active');
    event(1, 'Motion', 'active');
    event(2, 'Motion', 'active');
    event(1, 'InputAlarm', 'active');
    event(1, 'Motion', 'inactive');
    event(1, 'Motion', 'inactive');
    expect(log).toEqual(['1 Motion on event', '2 Motion on event', '1 InputAlarm on event', '1 Motion off event']);
    expect([...states.active(1)]).toEqual(['InputAlarm']);
  });

  it('make a pulse of an event without length, which does not shorten a lasting one', () => {
    const { clock, log, event } = setUp();
    event(1, 'Motion', 'once');
    clock.advance(PULSE_LENGTH);
    event(1, 'Motion', 'active');
    event(1, 'Motion', 'once');
    clock.advance(PULSE_LENGTH);
    expect(log).toEqual(['1 Motion on event', '1 Motion off event', '1 Motion on event']);
  });

  it('end what nobody ends, a limit after its last report', async () => {
    const { clock, log, event } = setUp();
    event(1, 'Motion', 'active');
    clock.advance(ACTIVE_LIMIT - 1);
    event(1, 'Motion', 'active');
    clock.advance(ACTIVE_LIMIT - 1);
    expect(log).toEqual(['1 Motion on event']);
    clock.advance(1);
    await settled();
    expect(log).toEqual(['1 Motion on event', '1 Motion off expired']);
  });

  it('after a reconnect end what the status denies, and keep what it does not', async () => {
    const { log, event, lose, connect, reconciled, states } = setUp(() =>
      Promise.resolve([
        { channel: 1, event: false },
        { channel: 2, event: true },
      ]),
    );
    event(0, 'DiskAlarm', 'active');
    event(1, 'Motion', 'active');
    event(2, 'Motion', 'active');
    lose();
    connect();
    await reconciled();
    expect(log.slice(3)).toEqual(['unknown', '0 DiskAlarm off reconciled', '1 Motion off reconciled']);
    expect([...states.active(2)]).toEqual(['Motion']);
  });

  it('do not let an old status end what was reported since the reconnect', async () => {
    let answer: (statuses: readonly ChannelStatus[]) => void = () => undefined;
    const { states, event, lose, connect, reconciled } = setUp(() => new Promise((resolve) => (answer = resolve)));
    event(1, 'Motion', 'active');
    lose();
    connect();
    event(1, 'Motion', 'active');
    answer([{ channel: 1, event: false }]);
    await reconciled();
    expect([...states.active(1)]).toEqual(['Motion']);
  });

  it('read the status again where it could not be read', async () => {
    let tries = 0;
    const { clock, log, event, lose, connect, reconciled } = setUp(() => {
      tries += 1;
      return tries === 1
        ? Promise.reject(new NvrUnreachableError('gone'))
        : Promise.resolve([{ channel: 1, event: false }]);
    });
    event(1, 'Motion', 'active');
    lose();
    connect();
    await settled();
    clock.advance(5000);
    await reconciled();
    expect(log.at(-1)).toBe('1 Motion off reconciled');
  });

  it('wait longer each time the status cannot be read, up to a minute', async () => {
    const tries: number[] = [];
    const { clock, states, connect } = setUp(() => {
      tries.push(clock.now() / 1000);
      return Promise.reject(new NvrUnreachableError('gone'));
    });
    connect();
    await settled();
    for (let second = 0; second < 200; second += 1) {
      clock.advance(1000);
      await settled();
    }
    expect(tries).toEqual([0, 5, 15, 35, 75, 135, 195]);
    expect(states.known).toBe(false);
  });

  it('do without the status where this user may not read it, and say so once', async () => {
    let tries = 0;
    const { clock, log, warnings, event, lose, connect, reconciled, states } = setUp(() => {
      tries += 1;
      return Promise.reject(new NvrRefusedError('cameraStatus', 'no permission'));
    });
    for (let connection = 0; connection < 2; connection += 1) {
      event(1, 'Motion', 'active');
      lose();
      connect();
      event(2, 'Motion', 'active');
      await reconciled();
      expect(states.known).toBe(true);
    }
    clock.advance(60_000);
    await settled();
    expect(tries).toBe(2);
    expect(log.filter((line) => line.startsWith('1'))).toEqual([
      '1 Motion on event',
      '1 Motion off expired',
      '1 Motion on event',
      '1 Motion off expired',
    ]);
    expect([...states.active(2)]).toEqual(['Motion']);
    expect(warnings).toEqual([
      'the camera status cannot be read, so events are ended whenever the connection was lost: cameraStatus: the NVR refused: no permission',
    ]);
  });

  it('last beyond the limit while the status says so', async () => {
    let event1 = true;
    const { clock, log, event } = setUp(() => Promise.resolve([{ channel: 1, event: event1 }]));
    event(1, 'VideoLoss', 'active');
    for (let limit = 0; limit < 3; limit += 1) {
      clock.advance(ACTIVE_LIMIT);
      await settled();
    }
    expect(log).toEqual(['1 VideoLoss on event']);
    event1 = false;
    clock.advance(ACTIVE_LIMIT - 1);
    await settled();
    expect(log).toEqual(['1 VideoLoss on event']);
    clock.advance(1);
    await settled();
    expect(log).toEqual(['1 VideoLoss on event', '1 VideoLoss off expired']);
  });

  it.each<[string, () => Promise<ChannelStatus[]>]>([
    ['denies it', () => Promise.resolve([{ channel: 1, event: false }])],
    ['does not say', () => Promise.resolve([{ channel: 1 }])],
    ['lacks the channel', () => Promise.resolve([{ channel: 2, event: true }])],
    ['cannot be read', () => Promise.reject(new NvrUnreachableError('gone'))],
  ])('end at the limit where the status %s', async (_case, statuses) => {
    const { clock, log, event } = setUp(statuses);
    event(1, 'Motion', 'active');
    clock.advance(ACTIVE_LIMIT);
    await settled();
    expect(log).toEqual(['1 Motion on event', '1 Motion off expired']);
  });

  it("end the NVR's own at the limit without asking, since the status knows nothing of them", () => {
    const { clock, log, event } = setUp(() => Promise.reject(new Error('was asked')));
    event(0, 'DiskFull', 'active');
    clock.advance(ACTIVE_LIMIT);
    expect(log).toEqual(['0 DiskFull on event', '0 DiskFull off expired']);
  });

  it('are not ended by a status that was asked for before they were reported again, and ask once for all', async () => {
    const answers: ((statuses: readonly ChannelStatus[]) => void)[] = [];
    const { clock, log, event, states } = setUp(() => new Promise((resolve) => answers.push(resolve)));
    event(1, 'Motion', 'active');
    event(1, 'VideoLoss', 'active');
    clock.advance(ACTIVE_LIMIT);
    event(1, 'Motion', 'active');
    expect(answers).toHaveLength(1);
    answers[0]?.([{ channel: 1, event: false }]);
    await settled();
    expect(log).toEqual(['1 Motion on event', '1 VideoLoss on event', '1 VideoLoss off expired']);
    clock.advance(ACTIVE_LIMIT);
    states.close();
    answers[1]?.([{ channel: 1, event: true }]);
    await settled();
    expect(answers).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it('tell who comes later whether they are known, and leave it to them to ask which are active', async () => {
    const { states, event, lose, connect, reconciled } = setUp();
    const comeLater = () => {
      const told: unknown[] = [];
      states
        .subscribe({
          changed: (change) => told.push(change),
          known: () => told.push('known'),
          unknown: (error) => told.push(error?.code),
        })
        .close();
      return told;
    };
    expect(comeLater()).toEqual([]);
    connect();
    event(1, 'Motion', 'active');
    await reconciled();
    expect(comeLater()).toEqual(['known']);
    lose(new NvrUnreachableError('gone'));
    expect(comeLater()).toEqual([]);
    lose(new LoginRejectedError('no'));
    expect(comeLater()).toEqual(['LOGIN_REJECTED']);
  });

  it('leave no timer behind when closed, and hold a bounded number of types', () => {
    const { clock, states, event } = setUp();
    for (let count = 0; count < 5000; count += 1) event(1, `Type${count}`, 'active');
    expect(states.active(1).size).toBe(limits.state.typesPerChannel);
    states.close();
    expect(clock.pending).toBe(0);
  });

  it('tell of a flood what it begins with and what comes of it, and little in between', () => {
    const { clock, log, event, hits, counts } = setUp();
    for (let count = 0; count < 100_000; count += 1) {
      event(1, 'Motion', 'active');
      event(1, 'Motion', 'inactive');
    }
    event(1, 'Motion', 'active');
    expect(log[0]).toBe('1 Motion on event');
    expect(log.length).toBeLessThanOrEqual(limits.state.changesPerSecond);
    clock.advance(1000);
    expect(log.at(-1)).toBe('1 Motion on event');
    expect(hits()).toEqual(['state.changesPerSecond']);
    // 200,001 changes, and the last is told.
    expect(counts()).toEqual([200_001 - log.length]);
    // Each of them is a turn.
    expect(log.every((line, index) => line === `1 Motion ${index % 2 === 0 ? 'on' : 'off'} event`)).toBe(true);
  });

  it.each<[string, boolean, NvrEvent['state'], NvrEvent['state']]>([
    ['an end', true, 'inactive', 'active'],
    ['a begin', false, 'active', 'inactive'],
  ])('are in a flood what was told: nobody is left with %s that waited and never came', (_what, on, turn, back) => {
    const { clock, states, log, event } = setUp();
    if (on) event(1, 'Motion', 'active');
    clock.advance(1000);
    for (let told = 0; told < limits.state.changesPerSecond; told += 2) {
      event(1, 'Motion', turn);
      event(1, 'Motion', back);
    }
    const before = log.length;
    event(1, 'Motion', turn);
    expect(states.active(1).has('Motion')).toBe(on);
    event(1, 'Motion', back);
    clock.advance(1000);
    expect(log).toHaveLength(before);
    expect(states.active(1).has('Motion')).toBe(on);
    event(1, 'Motion', turn);
    expect(states.active(1).has('Motion')).toBe(!on);
  });
});

describe('hook messages', () => {
  it.each<[string, unknown, readonly NvrEvent[]]>([
    ['an object', { ChannelID: 1, Type: 'Motion', State: 'active' }, [{ channel: 1, type: 'Motion', state: 'active' }]],
    ['a list', [{ ChannelID: '2', Type: 'X', State: 'once' }], [{ channel: 2, type: 'X', state: 'once' }]],
    [
      'a list with an odd item',
      [{ ChannelID: 1 }, { ChannelID: 1, Type: 'X', State: 'inactive' }],
      [{ channel: 1, type: 'X', state: 'inactive' }],
    ],
    ['something else', 'hello', []],
    ['nothing', null, []],
  ])('may be %s', (_case, document, events) => {
    expect(readEvents(document)).toEqual(events);
  });

  it('of the status are one array each, strings for booleans allowed', () => {
    expect(readStatusMessage([{ ChannelID: 1, Online: 'true', Event: 0 }, { ChannelID: 2 }])).toEqual([
      [{ channel: 1, online: true, event: false }, { channel: 2 }],
    ]);
    expect(readStatusMessage('x')).toEqual([]);
  });
});
