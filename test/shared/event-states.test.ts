import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { NvrUnreachableError } from '../../src/shared/errors.js';
import { ACTIVE_LIMIT, EventStates, PULSE_LENGTH } from '../../src/shared/hooks/event-states.js';
import type { Hook, HookListener } from '../../src/shared/hooks/hook.js';
import { type ChannelStatus, type NvrEvent, readEvents, readStatusMessage } from '../../src/shared/hooks/messages.js';
import { silentLogger } from '../../src/shared/logger.js';

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
  const states = new EventStates(stub, statuses, { clock, logger: silentLogger });
  const log: string[] = [];
  let known: () => void = () => undefined;
  states.subscribe({
    changed: ({ channel, type, active, cause }) => log.push(`${channel} ${type} ${active ? 'on' : 'off'} ${cause}`),
    unknown: () => log.push('unknown'),
    known: () => known(),
  });
  return {
    clock,
    states,
    log,
    event: (channel: number, type: string, state: NvrEvent['state']) => hook.message({ channel, type, state }),
    lose: () => hook.disconnected?.(undefined),
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

  it('end what nobody ends, a limit after its last report', () => {
    const { clock, log, event } = setUp();
    event(1, 'Motion', 'active');
    clock.advance(ACTIVE_LIMIT - 1);
    event(1, 'Motion', 'active');
    clock.advance(ACTIVE_LIMIT - 1);
    expect(log).toEqual(['1 Motion on event']);
    clock.advance(1);
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
    await new Promise(setImmediate);
    clock.advance(5000);
    await reconciled();
    expect(log.at(-1)).toBe('1 Motion off reconciled');
  });

  it('leave no timer behind when closed, and hold a bounded number of types', () => {
    const { clock, states, event } = setUp();
    for (let count = 0; count < 5000; count += 1) event(1, `Type${count}`, 'active');
    expect(states.active(1).size).toBe(1000);
    states.close();
    expect(clock.pending).toBe(0);
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
