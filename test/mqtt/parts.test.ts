import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventQueues, type QueuedEvent } from '../../src/mqtt/broker/event-queues.js';
import { type Link, Outbox } from '../../src/mqtt/broker/outbox.js';
import { PacketGuard } from '../../src/mqtt/broker/packet-guard.js';
import { withoutPasswords } from '../../src/mqtt/nvr/commands.js';
import { recordOf } from '../../src/mqtt/nvr/health.js';
import { kindOf, levelOf, SiteTopics } from '../../src/mqtt/topics.js';
import { anyText } from '../support/arbitrary.js';

const event = (source: string, number: number): QueuedEvent => ({ source, topic: source, payload: String(number) });

describe('Events that wait for the broker', () => {
  const queues = (events: number, bytes = 1e9) => {
    const dropped: string[] = [];
    return { dropped, queue: new EventQueues({ events, bytes }, (source) => dropped.push(source)) };
  };

  it('of a storm push out their own, and none of another NVR', () => {
    const { queue, dropped } = queues(10);
    for (let number = 0; number < 3; number += 1) queue.push(event('quiet', number));
    for (let number = 0; number < 1000; number += 1) queue.push(event('storm', number));
    expect(dropped).toEqual(Array.from({ length: 993 }, () => 'storm'));
    const left = Array.from({ length: 10 }, () => queue.next());
    expect(left.filter((one) => one?.source === 'quiet').map((one) => one?.payload)).toEqual(['0', '1', '2']);
    expect(left.filter((one) => one?.source === 'storm').map((one) => one?.payload)).toEqual([
      '993',
      '994',
      '995',
      '996',
      '997',
      '998',
      '999',
    ]);
    expect([queue.next(), queue.size, queue.bytes]).toEqual([undefined, 0, 0]);
  });

  it('are bounded by their bytes, too', () => {
    const { queue, dropped } = queues(1000, 1000);
    for (let number = 0; number < 100; number += 1) queue.push(event('a', number));
    expect(queue.bytes).toBeLessThanOrEqual(1000);
    expect(dropped.length + queue.size).toBe(100);
  });

  it('keep the order of their NVR, however they are taken, given back and dropped', () => {
    const step = fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.constant('take'), fc.constant('giveBack'));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { queue } = queues(20);
        const taken: QueuedEvent[] = [];
        const delivered: QueuedEvent[] = [];
        let number = 0;
        for (const what of steps) {
          if (what === 'take') {
            const next = queue.next();
            if (next) taken.push(next);
            if (taken.length > 4) delivered.push(...taken.splice(0, 1));
          } else if (what === 'giveBack') queue.giveBack(taken.splice(0));
          else queue.push(event(what, (number += 1)));
          expect(queue.size).toBeLessThanOrEqual(20);
        }
        for (const source of ['a', 'b', 'c']) {
          const numbers = delivered.filter((one) => one.source === source).map(({ payload }) => Number(payload));
          expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
        }
      }),
    );
  });
});

describe('What is to be told to the broker', () => {
  const link = (window = 2) => {
    const sent: string[] = [];
    const acknowledge: (() => void)[] = [];
    const made: Link = {
      ...{ window, waiting: 0 },
      publish: (topic, payload, _, done) => {
        sent.push(`${topic} ${payload}`);
        acknowledge.push(done);
      },
      picture: (topic) => void sent.push(`${topic} picture`),
    };
    return { sent, made, acknowledge: () => acknowledge.shift()?.() };
  };
  const outbox = () =>
    new Outbox({ limit: { events: 100, bytes: 1e6 }, pictureLimit: 1, dropped: () => undefined, last: 'status' });

  it('goes out as the broker takes it, states with their newest word only', () => {
    const box = outbox();
    for (const word of ['ON', 'OFF', 'ON']) box.retain('motion', word);
    box.retain('status', 'online');
    box.retain('door', 'OFF');
    const { sent, made, acknowledge } = link();
    box.connect(made);
    expect(sent).toEqual(['motion ON', 'door OFF']);
    box.retain('motion', 'ON');
    acknowledge();
    // The word that makes the others true is the last.
    expect(sent.slice(2)).toEqual(['status online']);
  });

  it('is said again on another connection: every state, and the events that were under way, before the later ones', () => {
    const box = outbox();
    box.retain('status', 'online');
    const first = link(3);
    box.connect(first.made);
    first.acknowledge();
    for (const number of [1, 2, 3, 4]) box.event(event('a', number));
    expect(first.sent).toEqual(['status online', 'a 1', 'a 2', 'a 3']);
    first.acknowledge();
    box.connect(undefined);
    // An answer that comes too late changes nothing.
    first.acknowledge();
    const second = link(100);
    box.connect(second.made);
    expect(second.sent.toSorted()).toEqual(['a 2', 'a 3', 'a 4', 'status online']);
    expect(second.sent.filter((line) => line.startsWith('a'))).toEqual(['a 2', 'a 3', 'a 4']);
  });

  it('that was cleared is not said again once the broker has cleared it', () => {
    const box = outbox();
    box.retain('motion', 'ON');
    box.clear('motion');
    const first = link();
    box.connect(first.made);
    expect(first.sent).toEqual(['motion ']);
    first.acknowledge();
    const second = link();
    box.connect(second.made);
    expect(second.sent).toEqual([]);
  });

  it('holds no picture back', () => {
    const box = outbox();
    expect(box.picture('snapshot', Buffer.alloc(1))).toBe('away');
    box.connect({ ...link().made, waiting: 2 });
    expect(box.picture('snapshot', Buffer.alloc(1))).toBe('slow');
  });
});

describe('Packets of a broker', () => {
  const packet = (length: number) => {
    const digits: number[] = [];
    for (let rest = length; ; rest = Math.floor(rest / 128)) {
      digits.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
      if (rest < 128) break;
    }
    return Buffer.concat([Buffer.from([0x30, ...digits]), Buffer.alloc(length)]);
  };

  /** How many whole packets a guard lets pass of what comes in such pieces; `undefined`: it refuses. */
  const passed = (bytes: Uint8Array, cut: number, most: number) => {
    const guard = new PacketGuard(200);
    let packets = 0;
    for (let piece = 0; piece < bytes.length; piece += cut) {
      const chunk = bytes.subarray(piece, piece + cut);
      for (let at = 0; at < chunk.length;) {
        const next = guard.next(chunk, at, most);
        if (!next) return undefined;
        expect(next.packets).toBeLessThanOrEqual(most);
        expect(next.end).toBeGreaterThan(at);
        packets += next.packets;
        at = next.end;
      }
    }
    return packets;
  };

  it('pass up to the limit, however the network cuts them and however many are wanted at once, and no further', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 10 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 4 }),
        (lengths, cut, most) => {
          const count = passed(Buffer.concat(lengths.map(packet)), cut, most);
          expect(count).toBe(lengths.every((length) => length <= 200) ? lengths.length : undefined);
        },
      ),
    );
  });

  it.each([
    ['a length that never ends', [0x30, 0x80, 0x80, 0x80, 0x80, 0x80]],
    ['what only clients send', [0xc0, 0x00]],
    ['a quality of service that nobody asked for', [0x32, 0x02, 0x00, 0x00]],
    ['what belongs to such a quality', [0x62, 0x02, 0x00, 0x01]],
    ['another protocol', [...Buffer.from('HTTP/1.1 400')]],
  ])('are refused with %s', (_, bytes) => {
    expect(passed(Uint8Array.from(bytes), 1, 10)).toBeUndefined();
  });
});

describe('Topics', () => {
  it('hold nothing of an NVR that means something to a broker', () => {
    fc.assert(
      fc.property(anyText(300), (text) => {
        expect(levelOf(text)).toMatch(/^[A-Za-z0-9_-]{0,64}$/);
        expect(kindOf(text)).toMatch(/^[a-z0-9_-]{0,70}$/);
      }),
    );
    expect(['VideoLoss', 'motion', 'MOTION', 'snapshot', 'GPIO 5'].map(kindOf)).toEqual([
      ...['video_loss', 'motion', 'motion', 'snapshot_event', 'gpio_5'],
    ]);
  });

  it.each([
    ['everfocus/home/a/do/5/set', { nvr: 'a', target: { is: 'output', pin: 5 } }],
    ['everfocus/home/a/ch/12/ptz/set', { nvr: 'a', target: { is: 'ptz', channel: 12 } }],
    ['everfocus/home/a/call', { nvr: 'a', target: { is: 'call' } }],
    ['everfocus/home/a/do/5', undefined],
    ['everfocus/home/a/do/x/set', undefined],
    ['everfocus/home/a/do/05/set', undefined],
    ['everfocus/home/a/ch/1/motion/set', undefined],
    ['everfocus/other/a/call', undefined],
    ['everfocus/home/a/call/b', undefined],
  ])('of commands are understood: %s', (topic, parsed) => {
    expect(new SiteTopics('everfocus', 'home').parse(topic)).toEqual(parsed);
  });
});

describe('Proof of recording', () => {
  const at = (minute: number) => new Date(minute * 60_000);
  const interval = (from: number, to: number, channel = 1) => ({ channel, from: at(from), to: at(to) });

  it.each([
    ['all', [interval(0, 100)], 0, 100, []],
    ['nothing', [], 100, 0, [[0, 100]]],
    ['another channel', [interval(0, 100, 2)], 100, 0, [[0, 100]]],
    [
      'the middle',
      [interval(10, 90)],
      20,
      80,
      [
        [0, 10],
        [90, 100],
      ],
    ],
    ['what overlaps', [interval(0, 50), interval(40, 99)], 1, 99, [[99, 100]]],
  ])('of %s', (_, intervals, missing, percent, gaps) => {
    expect(recordOf(1, intervals, at(0), at(100))).toEqual({
      ...{ missing, percent },
      gaps: gaps.map(([from = 0, to = 0]) => ({ from: at(from).toISOString(), to: at(to).toISOString() })),
    });
  });
});

describe('A reply', () => {
  it('goes to the broker without its passwords, wherever they stand', () => {
    const reply = { user: 'a', Password: 'x', list: [{ userPwd: 'y', preset_token: '1' }] };
    expect(withoutPasswords(reply)).toEqual({
      user: 'a',
      Password: '***',
      list: [{ userPwd: '***', preset_token: '1' }],
    });
  });
});
