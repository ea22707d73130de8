import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LoginRejectedError, NvrRefusedError, NvrUnreachableError } from '../../src/shared/errors.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';
import { limits } from '../../src/shared/limits.js';
import type { NvrCalls } from '../../src/shared/link/caller.js';
import { silentLogger } from '../../src/shared/logger.js';
import {
  ACTIVE_LIMIT,
  ActiveEvents,
  DENIAL_LIMIT,
  type EventFact,
  LAST_LIMIT,
} from '../../src/shared/state/active-events.js';
import { afterStatus, isListDoubtful } from '../../src/shared/state/cameras.js';
import {
  connectionOf,
  type Source,
  type Sources,
  type SourceState,
  verdictOf,
  withSource,
} from '../../src/shared/state/connection.js';
import { readEvents, readMetadata, readStatusMessage } from '../../src/shared/push/messages.js';
import { firstEvents } from '../../src/shared/state/first-events.js';
import { readCameras, readDevice, readPins, readPinValues, readStorages } from '../../src/shared/state/readings.js';

const MINUTE = 60_000;
const active = (channel: number, type: string): EventFact => ({
  is: 'edge',
  event: { channel, type, state: 'active' },
});
const shows = (event: boolean): EventFact => ({ is: 'status', statuses: [{ channel: 1, event }] });
const checked = (event: boolean): EventFact => ({ is: 'checked', statuses: [{ channel: 1, event }] });
const told = (changes: ReturnType<ActiveEvents['apply']>) =>
  changes.map(({ channel, type, active: on, cause }) => `${channel} ${type} ${on ? 'on' : 'off'} ${cause}`);

describe('active events', () => {
  it.each<[string, readonly [number, EventFact][], string[]]>([
    [
      'end when a status that showed them denies them for a while',
      [
        [0, active(1, 'Motion')],
        [1000, shows(true)],
        [2000, shows(false)],
        [2000 + DENIAL_LIMIT, shows(false)],
      ],
      ['1 Motion on event', '1 Motion off reconciled'],
    ],
    [
      'are not denied by a status that never showed them: it may mean other events',
      [
        [0, active(1, 'Motion')],
        [1000, shows(false)],
        [MINUTE, shows(false)],
      ],
      ['1 Motion on event'],
    ],
    [
      'are not denied for a moment between two hooks',
      [
        [0, active(1, 'Motion')],
        [1000, shows(true)],
        [2000, shows(false)],
        [3000, active(1, 'Motion')],
        [4000, shows(true)],
        [3000 + DENIAL_LIMIT, shows(false)],
      ],
      ['1 Motion on event'],
    ],
    [
      'of an NVR that never ends them end by the last limit, whatever its status says',
      [
        [0, active(1, 'Motion')],
        ...Array.from({ length: 6 }, (_, index): [number, EventFact][] => [
          [(index + 1) * ACTIVE_LIMIT, { is: 'time' }],
          [(index + 1) * ACTIVE_LIMIT, checked(true)],
        ]).flat(),
      ],
      ['1 Motion on event', '1 Motion off expired'],
    ],
    [
      'last beyond that where a camera shows no picture, until somebody mends it',
      [
        [0, active(1, 'VideoLoss')],
        [LAST_LIMIT, { is: 'time' }],
        [LAST_LIMIT, checked(true)],
        [2 * LAST_LIMIT, { is: 'time' }],
        [2 * LAST_LIMIT, checked(true)],
        [3 * LAST_LIMIT, { is: 'time' }],
        [3 * LAST_LIMIT, checked(false)],
      ],
      ['1 VideoLoss on event', '1 VideoLoss off expired'],
    ],
  ])('%s', (_case, facts, changes) => {
    const events = new ActiveEvents();
    expect(facts.flatMap(([now, fact]) => told(events.apply(fact, now)))).toEqual(changes);
  });

  it('cannot be made deaf by types that nobody asked for, in one channel or in all', () => {
    let passedOver = 0;
    const broken = new Set<string>();
    const events = new ActiveEvents(
      (type) => type === 'Motion',
      (_, limit) => {
        passedOver += 1;
        broken.add(limit);
      },
    );
    for (let index = 0; index < 10_000; index += 1) events.apply(active(1, `Rubbish ${index}`), 0);
    for (let index = 0; index < 10_000; index += 1) events.apply(active(index, `Rubbish ${index}`), 0);
    expect(told(events.apply(active(1, 'Motion'), 1))).toContain('1 Motion on event');
    expect(told(events.apply(active(9999, 'Motion'), 1))).toContain('9999 Motion on event');
    for (let index = 0; index < 10_000; index += 1) events.apply(active(1, `More ${index}`), 2);
    expect(events.at(1)).toContain('Motion');
    expect(events.at(1).size).toBeLessThanOrEqual(limits.state.typesPerChannel + 1);
    expect(events.size).toBeLessThanOrEqual(limits.state.events + 2);
    expect(passedOver).toBeGreaterThan(10_000);
    expect([...broken]).toEqual(['state.typesPerChannel', 'state.events']);
  });
});

describe('the connection', () => {
  const up: SourceState = { up: true };
  const down = (error: SourceState extends { error: infer E } ? E : unknown): SourceState =>
    ({ up: false, error }) as SourceState;
  const gone = new NvrUnreachableError('gone');
  it.each<[string, [Source, SourceState][], string]>([
    ['unknown, where nobody has said anything', [], 'unknown'],
    [
      'connected, where anybody hears from the NVR',
      [
        ['events', down(gone)],
        ['calls', up],
      ],
      'connected',
    ],
    [
      'away, where nobody does',
      [
        ['events', down(gone)],
        ['status', down(undefined)],
      ],
      'away',
    ],
    [
      'away, where a hook is lost after the last call',
      [
        ['calls', up],
        ['events', down(gone)],
      ],
      'away',
    ],
    [
      'rejected, where somebody must change something',
      [
        ['events', up],
        ['calls', down(new LoginRejectedError('no'))],
      ],
      'rejected',
    ],
    [
      'connected again after that',
      [
        ['calls', down(new LoginRejectedError('no'))],
        ['calls', up],
      ],
      'connected',
    ],
  ])('is %s', (_case, news, is) => {
    const sources = news.reduce<Sources>((heard, [source, state]) => withSource(heard, source, state), new Map());
    expect(connectionOf(sources).is).toBe(is);
  });

  it('stands where a call is refused, and is not judged by a mistake of ours', () => {
    expect(verdictOf(new NvrRefusedError('x', 'no permission'))).toEqual({ up: true });
    expect(verdictOf(gone)).toEqual({ up: false, error: gone });
    expect(verdictOf(new TypeError('a bug'))).toBeUndefined();
  });
});

describe('what cameras do', () => {
  const before = afterStatus(new Map(), [
    { channel: 1, online: true, recording: true },
    { channel: 2, online: false },
  ]).states;

  it('changes where a status says something else, and only there', () => {
    const { changed, states } = afterStatus(before, [
      { channel: 1, online: true, recording: true, event: true },
      { channel: 2, online: true },
    ]);
    expect(changed).toEqual([2]);
    expect(states.get(2)).toEqual({ channel: 2, online: true });
    expect(states.get(1)).toBe(before.get(1));
  });

  it('is unknown where a status leaves a channel out', () => {
    const { changed, states } = afterStatus(before, [{ channel: 2, online: false }]);
    expect(changed).toEqual([1]);
    expect(states.get(1)).toBeUndefined();
  });

  it.each([
    ['of a channel that it lacks', [{ channel: 3, online: true }], true],
    ['of a camera whose MAC it may learn now', [{ channel: 2, online: true }], true],
    ['of a camera that it knows', [{ channel: 1, online: true }], false],
    ['of a channel that it lacks and that is empty', [{ channel: 3, online: false }], false],
  ])('makes the list doubtful by the status %s: %#', (_case, statuses, doubtful) => {
    const listed = [
      { channel: 1, enabled: true, mac: '00:11:14:00:00:02' },
      { channel: 2, enabled: true },
    ];
    expect(isListDoubtful(listed, before, statuses)).toBe(doubtful);
  });
});

describe('first states of events', () => {
  const motion = new Map([['motion', 'Motion']]);
  it.each<[string, Parameters<typeof firstEvents>, ReturnType<typeof firstEvents>]>([
    [
      'name what is active',
      [{ channels: undefined, types: motion }, { channel: 1, event: false }, new Set(['motion'])],
      [{ channel: 1, type: 'Motion', active: true }],
    ],
    [
      'name what was asked for where nothing is active',
      [{ channels: undefined, types: motion }, { channel: 1, event: false }, new Set()],
      [{ channel: 1, type: 'Motion', active: false }],
    ],
    [
      'say no more than the NVR does',
      [{ channels: undefined, types: undefined }, { channel: 1, event: true }, new Set()],
      [{ channel: 1, active: true }],
    ],
    [
      'say nothing of a type that may or may not be the one that is active',
      [{ channels: undefined, types: motion }, { channel: 1, event: true }, new Set()],
      [],
    ],
    [
      'say nothing of other channels',
      [{ channels: new Set([2]), types: undefined }, { channel: 1, event: true }, new Set()],
      [],
    ],
  ])('%s', (_case, input, events) => {
    expect(firstEvents(...input)).toEqual(events);
  });
});

describe('what is read of an NVR', () => {
  const many = (count: number, of: (index: number) => unknown) =>
    Array.from({ length: count }, (_, index) => of(index + 1));

  it.each([
    [
      'nvr.cameras',
      limits.nvr.cameras,
      (nvr: NvrCalls, counters: LimitCounters) => readCameras(nvr, counters),
      (count: number) => many(count, (ChannelID) => ({ ChannelID })),
    ],
    [
      'state.disks',
      limits.state.disks,
      (nvr: NvrCalls, counters: LimitCounters) => readStorages(nvr, counters),
      (count: number) => many(count, (slot) => ({ slot: String(slot) })),
    ],
    [
      'state.pins',
      limits.state.pins,
      async (nvr: NvrCalls, counters: LimitCounters) => (await readPins(nvr, counters))?.outputs,
      (count: number) => [{ ch: 0, alarmOut: many(count, (pin) => pin) }],
    ],
    [
      'state.pins',
      limits.state.pins,
      async (nvr: NvrCalls, counters: LimitCounters) => [...(await readPinValues(nvr, counters))],
      (count: number) => ({ pin_value: many(count, (pinNum) => ({ pinNum, pinVal: 1 })) }),
    ],
  ] as const)('is %s at most, and what is more is counted', async (limit, size, read, reply) => {
    const counters = new LimitCounters(silentLogger);
    const ofMany = (count: number) => read({ call: () => Promise.resolve(reply(count) as never) }, counters);
    expect(await ofMany(size)).toHaveLength(size);
    expect(counters.hits).toEqual([]);
    expect(await ofMany(size + 3)).toHaveLength(size);
    expect(counters.hits).toEqual([expect.objectContaining({ limit, count: 3 })]);
  });

  // What an NVR may say of anything: forged lines, control characters, names without end.
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom('door\r\n[warn] all is well', '\u001b[2J', 'x'.repeat(1_000_000), '\u202etxt.exe'),
  );
  /** Of a line, and short. */
  const fits = (text: string | undefined, length: number) => {
    expect((text ?? '').length).toBeLessThanOrEqual(length);
    expect(text ?? '').not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
  };

  it('can be shown on a line, whatever an NVR, a camera or an event is called', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const nvr = (reply: unknown) => ({ call: () => Promise.resolve(reply as never) });
        const system = { serial: text, model: text, software_version: text, device_name: text };
        const texts = [text, text, text, text, text];
        const [DeviceName, MacAddress, Manufacturer, Model, FirmwareVersion] = texts;
        const camera = { ChannelID: 1, DeviceName, MacAddress, Manufacturer, Model, FirmwareVersion };
        const [listed] = await readCameras(nvr([camera]), new LimitCounters(silentLogger));
        const { channel, enabled, ...told } = listed ?? {};
        expect([channel, enabled]).toEqual([1, true]);
        for (const shown of [...Object.values(await readDevice(nvr(system))), ...Object.values(told)]) {
          fits(shown, limits.text.name);
        }
        for (const { type } of readEvents({ ChannelID: 1, Type: text, State: 'active' })) fits(type, limits.text.word);
        for (const { type } of readMetadata({ ChannelID: 1, Type: text, Data: '' })) fits(type, limits.text.word);
      }),
    );
  });

  it.each([1e308, -1, 1.5, limits.nvr.channel + 1, '1e308'])('has no channel %p', (ChannelID) => {
    expect(readEvents({ ChannelID, Type: 'Motion', State: 'active' })).toEqual([]);
    expect(readMetadata({ ChannelID, Type: 'Face', Data: 'x' })).toEqual([]);
    expect(readStatusMessage([{ ChannelID, Online: true }]).flat()).toEqual([]);
  });
});
