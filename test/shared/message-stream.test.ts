import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { type Backlog, newest, newestOfEach, type QueuePolicy } from '../../src/shared/push/backlog.js';
import { openStream, type Sink } from '../../src/shared/push/message-stream.js';
import { frameBacklog } from '../../src/shared/media/frame-backlog.js';
import { waitingBacklog } from '../../src/shared/media/waiting-backlog.js';
import type { Frame } from '../../src/shared/index.js';

/** Everything that waits. */
function drain<Item>(backlog: Backlog<Item>): Item[] {
  const items: Item[] = [];
  for (let item = backlog.take(); item !== undefined; item = backlog.take()) items.push(item);
  return items;
}

describe('what waits for a slow reader', () => {
  it('is the newest of each key, in the order in which they came', () => {
    const backlog = newestOfEach<string>((item) => item[0] ?? '');
    const lost = ['a1', 'b1', 'a2', 'c1', 'b2', 'b3'].map((item) => backlog.put(item));
    expect(lost).toEqual([0, 0, 1, 0, 1, 1]);
    expect(drain(backlog)).toEqual(['a2', 'c1', 'b3']);
  });

  it('makes a source wait that sends a lot at once', () => {
    const held: boolean[] = [];
    const backlog = waitingBacklog((wanted) => held.push(wanted));
    for (let count = 0; count < 3; count += 1) backlog.put(frame('K', 8_000_000));
    expect(held).toEqual([true]);
    expect(drain(backlog)).toHaveLength(3);
    expect(held).toEqual([true, false]);
    for (let count = 0; count < 256; count += 1) backlog.put(frame('p'));
    backlog.clear();
    expect(held).toEqual([true, false, true, false]);
  });

  it('is bounded, however many keys there are', () => {
    const backlog = newestOfEach<number>(String);
    let lost = 0;
    for (let item = 0; item < 5000; item += 1) lost += backlog.put(item);
    const left = drain(backlog);
    expect([lost, left.length, left.at(-1)]).toEqual([4000, 1000, 4999]);
  });

  it('is the newest so many', () => {
    const backlog = newest<number>(3);
    const lost = [1, 2, 3, 4, 5].map((item) => backlog.put(item));
    expect(lost).toEqual([0, 0, 0, 1, 1]);
    expect(backlog.take()).toBe(3);
    backlog.put(6);
    expect(drain(backlog)).toEqual([4, 5, 6]);
    backlog.put(7);
    backlog.clear();
    expect(drain(backlog)).toEqual([]);
  });

  /** K: keyframe, p: picture that needs the ones before, a: audio; a number after it tells them apart. */
  const frame = (name: string, length = 1): Frame & { name: string } => {
    const base = { name, timestamp: 0, data: Buffer.alloc(length) };
    if (name.startsWith('a')) return { ...base, kind: 'audio', codec: 'pcmu' };
    return { ...base, kind: 'video', codec: 'h264', keyframe: name.startsWith('K'), width: 1, height: 1 };
  };
  const names = (frames: readonly Frame[]) => frames.map((item) => (item as { name?: string }).name).join(' ');

  it.each<[what: string, queue: QueuePolicy, put: string, left: string, lost: number]>([
    ['all that fits', 4, 'K1 p1 a1 p2', 'K1 p1 a1 p2', 0],
    ['from the next keyframe on, where one waits', 3, 'K1 p1 K2 p2', 'K2 p2', 2],
    ['nothing but sound up to the next keyframe, where none waits', 3, 'K1 p1 p2 p3 p4 a1 p5', 'a1', 6],
    ['pictures again from then on', 3, 'K1 p1 p2 p3 p4 K2 p5', 'K2 p5', 5],
    ['pictures that no lost one is missing to, where only sound is lost', 2, 'a1 K1 p1', 'K1 p1', 1],
    ['from the newest keyframe on', 'latest', 'K1 p1 a1 K2 p2 a2', 'K2 p2 a2', 3],
  ])('of frames is %s (queue %s)', (_what, queue, put, left, lost) => {
    const backlog = frameBacklog(queue);
    let dropped = 0;
    for (const name of put.split(' ')) dropped += backlog.put(frame(name));
    expect([names(drain(backlog)), dropped]).toEqual([left, lost]);
  });

  it.each<QueuePolicy>(['latest', 1000])('of frames is bounded in bytes (queue %s)', (queue) => {
    const backlog = frameBacklog(queue);
    backlog.put(frame('K1', 5_000_000));
    for (let count = 0; count < 3; count += 1) backlog.put(frame('p', 5_000_000));
    expect(drain(backlog)).toEqual([]);
    backlog.put(frame('p9'));
    expect(drain(backlog)).toEqual([]);
    backlog.put(frame('K2'));
    expect(names(drain(backlog))).toBe('K2');
  });
});

describe('a stream', () => {
  function played(queue: QueuePolicy = 10, signal?: AbortSignal) {
    let sink: Sink<number> | undefined;
    let closed = 0;
    const stream = openStream<number>(
      (given) => {
        sink = given;
        return { close: () => (closed += 1) };
      },
      (policy) => (policy === 'latest' ? newestOfEach(() => '') : newest(policy)),
      queue,
      signal,
    );
    return {
      stream,
      push: (...items: number[]) => items.forEach((item) => sink?.push(item)),
      end: (error?: Error) => sink?.end(error),
      closed: () => closed,
    };
  }

  it('gives what came before it was asked, and what it was asked for before it came', async () => {
    const { stream, push } = played();
    push(1, 2);
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    const later = [stream.next(), stream.next(), stream.next()];
    push(3, 4);
    expect((await Promise.all(later)).map(({ value }) => value)).toEqual([2, 3, 4]);
    expect(stream.dropped).toBe(0);
  });

  it('is left by break, and then over', async () => {
    const { stream, push, closed } = played();
    push(1, 2, 3);
    for await (const item of stream) if (item === 2) break;
    expect(closed()).toBe(1);
    push(4);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await stream[Symbol.asyncDispose]();
    expect(closed()).toBe(1);
  });

  it('leaves no listener where its source does not begin', () => {
    const { signal } = new AbortController();
    const begin = () =>
      openStream<number>(
        () => {
          throw new Error('closed');
        },
        () => newest(1),
        1,
        signal,
      );
    expect(begin).toThrow('closed');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('frees whoever waits when it is disposed of', async () => {
    const { stream } = played();
    const waiting = stream.next();
    await stream[Symbol.asyncDispose]();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('delivers what waits before it ends with the error of its source', async () => {
    const { stream, push, end } = played();
    push(1, 2);
    end(new Error('gone'));
    push(3);
    expect([(await stream.next()).value, (await stream.next()).value]).toEqual([1, 2]);
    await expect(stream.next()).rejects.toThrow('gone');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('rejects with the reason of its signal at once, and leaves no listener', async () => {
    const abort = new AbortController();
    const { stream, push, closed } = played(10, abort.signal);
    push(1, 2);
    abort.abort(new Error('enough'));
    await expect(stream.next()).rejects.toThrow('enough');
    expect(closed()).toBe(1);
    expect(() => played(10, abort.signal)).toThrow('enough');
  });

  it('may be ended by its source while that starts', async () => {
    let closed = 0;
    const stream = openStream<number>(
      (sink) => {
        sink.push(1);
        sink.end();
        return { close: () => (closed += 1) };
      },
      () => newest(5),
      5,
    );
    const items: number[] = [];
    for await (const item of stream) items.push(item);
    expect([items, closed]).toEqual([[1], 1]);
  });

  it.each([0, 1.5, 100_001, NaN, 'newest'])('refuses a queue of %s', (queue) => {
    expect(() => played(queue as QueuePolicy)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER', path: 'queue' }),
    );
  });
});
