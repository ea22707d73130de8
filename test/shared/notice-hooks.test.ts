import { describe, expect, it } from '@jest/globals';
import { limits } from '../../src/shared/limits.js';
import { type Frame, type Hook, type MessageStream, operations, type VideoFrame } from '../../src/shared/index.js';
import { noticeKey, readExceptions, readNotices } from '../../src/shared/push/notices.js';
import { readMetadata } from '../../src/shared/push/messages.js';
import { until } from '../support/until.js';
import { withNvr } from './with-nvr.js';

const context = withNvr();

/** Each of the three hooks of 4.4, 10.13 and 10.14, something that it hears, and what it makes of it. */
const hooks: [name: 'metadata' | 'exceptions' | 'messages', cause: () => unknown, heard: object][] = [
  [
    'metadata',
    () => context.nvr.throwMeta({ channel: 2, type: 'manualStart', data: '{"id":1}' }),
    { channel: 2, type: 'manualStart', data: '{"id":1}' },
  ],
  [
    'exceptions',
    () => context.nvr.throwException({ exception: 'DiskError', target: 'sda' }),
    { exception: 'DiskError', target: 'sda', time: expect.any(Number) },
  ],
  [
    'messages',
    () => context.client.call(operations.setTime, { time_zone: 60 }),
    { message: 'sysTimeChanged', time: expect.any(Number), content: { sysTimeChanged: true } },
  ],
];

describe.each(hooks)('the hook of %s', (name, cause, heard) => {
  const hook = () => context.client[name] as Hook<object>;

  it('hears, survives what is no message, and comes back after a restart', async () => {
    const log: object[] = [];
    hook().subscribe({ message: (message) => log.push(message), disconnected: () => log.push({ lost: true }) });
    await until('the hook to connect', () => hook().connected);
    await cause();
    context.nvr.faults.badHookMessage();
    await until('the message', () => log.length === 1 && hook().misunderstood === 1);
    await context.nvr.restart();
    await until('the hook to come back', () => log.length === 2 && hook().connected);
    await cause();
    await until('the message again', () => log.length === 3);
    expect(log).toEqual([heard, { lost: true }, heard]);
    expect(context.lines.filter((line) => line.includes('could not be understood'))).toHaveLength(1);
  });

  it('survives a storm with bounded memory: the newest, and a count of what was lost', async () => {
    const streams = [hook().stream({ queue: 100 }), hook().stream({ queue: 'latest' })];
    let count = 0;
    hook().subscribe({ message: () => (count += 1) });
    await until('the hook to connect', () => hook().connected);
    context.nvr.faults.noticeStorm(10_000);
    // Hooks have a fifth of the time; on a busy machine that is little.
    await until('the storm to be over', () => count === 10_000, 45_000);
    const [bounded, latest] = streams as [MessageStream<object>, MessageStream<object>];
    expect(bounded.dropped).toBe(9900);
    // Metadata of one channel and type replace each other; disks and targets are a thousand kinds at most.
    expect(latest.dropped).toBe(name === 'metadata' ? 9999 : 9000);
    const last = JSON.stringify((await latest.next()).value);
    expect(last).toContain(name === 'metadata' ? '9999' : '9000');
    expect(JSON.stringify((await bounded.next()).value)).toContain('9900');
    for (const stream of streams) await stream[Symbol.asyncDispose]();
  });

  it('is closed with the last stream', async () => {
    const stream = hook().stream();
    await until('the hook to connect', () => hook().connected);
    expect(context.nvr.openSockets).toBe(1);
    await stream.return();
    await until('the socket to close', () => context.nvr.openSockets === 0);
  });
});

describe('streams of a hook', () => {
  it('tell of the connection where they are asked to', async () => {
    const log: unknown[] = [];
    const reading = (async () => {
      for await (const item of context.client.exceptions.stream({ connection: true })) {
        log.push('connected' in item ? item.connected : item.exception);
        if (log.length === 5) break;
      }
    })();
    await until('the hook to connect', () => log.length === 1);
    context.nvr.throwException({ exception: 'DiskFull' });
    await until('the exception', () => log.length === 2);
    await context.nvr.restart();
    await until('the hook to come back', () => log.length === 4);
    context.nvr.throwException({ exception: 'DiskFull' });
    await reading;
    expect(log).toEqual([true, 'DiskFull', false, true, 'DiskFull']);
  });

  it('that keep the latest tell of the last change only', async () => {
    await using stream = context.client.events.stream({ queue: 'latest', connection: true });
    await until('the hook to connect', () => context.client.events.connected);
    context.nvr.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    context.nvr.throwEvent({ channel: 1, type: 'Motion', state: 'inactive' });
    context.nvr.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    await until('them to arrive', () => stream.dropped === 1);
    await context.nvr.restart();
    await until('the hook to come back', () => stream.dropped === 3);
    const items = [await stream.next(), await stream.next(), await stream.next()].map(({ value }) => value);
    expect(items).toEqual([
      { channel: 1, type: 'Motion', state: 'inactive' },
      { channel: 2, type: 'Motion', state: 'active' },
      { connected: true },
    ]);
  });

  it('end with a rejected login, and with the client', async () => {
    await using wrong = context.connect({ password: 'wrong' });
    await expect(wrong.messages.stream().next()).rejects.toMatchObject({ code: 'LOGIN_REJECTED' });
    const stream = context.client.metadata.stream();
    const waiting = stream.next();
    await until('the hook to connect', () => context.client.metadata.connected);
    await context.client.close();
    await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(context.client.metadata.stream().next()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('end when their signal says so, and close the socket', async () => {
    const abort = new AbortController();
    const waiting = context.client.events.stream({ signal: abort.signal }).next();
    await until('the hook to connect', () => context.client.events.connected);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await until('the socket to close', () => context.nvr.openSockets === 0);
  });
});

describe('frames of a feed, pulled', () => {
  it('begin with a keyframe, and go on with one after a loss', async () => {
    const feed = context.client.feed(1, 'sub');
    const pictures: Frame[] = [];
    const everything = feed.subscribe({ frame: (frame) => frame.kind === 'video' && pictures.push(frame) });
    const frames = feed.frames({ queue: 5 });
    const first = await frames.next();
    expect(first.value).toMatchObject({ kind: 'video', keyframe: true });
    await until('frames to be lost', () => frames.dropped > 5);
    const taken: VideoFrame[] = [];
    for await (const frame of frames) {
      if (frame.kind === 'video') taken.push(frame);
      if (taken.length === 3) break;
    }
    everything.close();
    expect(taken[0]?.keyframe).toBe(true);
    // A busy reader may lose more: whatever is no keyframe follows the picture that it was made from.
    for (const [index, frame] of taken.entries()) {
      if (!frame.keyframe) expect(pictures[pictures.indexOf(frame) - 1]).toBe(taken[index - 1]);
    }
    await until('the socket to close', () => context.nvr.openSockets === 0);
  });

  it('end with the client', async () => {
    const frames = context.client.feed(1, 'sub').frames();
    await context.client.close();
    await expect(frames.next()).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('metadata', () => {
  it('are thrown by a call and over a socket; bad ones are not sent', async () => {
    const heard: string[] = [];
    context.client.metadata.subscribe({
      message: ({ channel, type, data }) => heard.push(`${channel} ${type} ${data}`),
    });
    await until('the hook to connect', () => context.client.metadata.connected);
    await context.client.call(operations.addMeta, { ChannelID: 1, Type: 'plate', Data: 'ABC-123' });
    using sender = await context.client.openMetadataSender();
    await sender.send({ channel: 0, type: 'door', data: 'open' });
    await expect(sender.send({ channel: -1, type: 'door', data: '' })).rejects.toMatchObject({ path: 'ChannelID' });
    await until('both', () => heard.length === 2);
    expect(heard).toEqual(['1 plate ABC-123', '0 door open']);
  });

  it.each([
    ['text', { ChannelID: 1, Type: 'x', Data: 'active' }, 'active'],
    ['an object', { ChannelID: 1, Type: 'x', Data: { id: 1564741064 } }, '{"id":1564741064}'],
    ['nothing', { ChannelID: 1, Type: 'x' }, ''],
    ['text, with keys that nobody knows', { ChannelID: 1, Type: 'x', Data: 'a', Volume: 11 }, 'a'],
  ])('may be %s', (_what, message, data) => {
    expect(readMetadata(message)).toEqual([{ channel: 1, type: 'x', data }]);
  });

  it('are text of a length that can be handed on, or passed over and counted', async () => {
    const heard: number[] = [];
    const { client, nvr } = context;
    client.metadata.subscribe({ message: ({ data }) => heard.push(data.length) });
    await until('the hook to connect', () => client.metadata.connected);
    const lengths = [1, limits.hook.data, limits.hook.data + 1, 500_000, 2];
    for (const length of lengths) nvr.throwMeta({ channel: 1, type: 'x', data: 'x'.repeat(length) });
    await until('the last', () => heard.includes(2));
    expect(heard).toEqual([1, limits.hook.data, 2]);
    expect(client.limits.hits).toContainEqual(expect.objectContaining({ limit: 'hook.data', count: 2 }));
    // They were understood: of several in one message, the others are told.
    expect(client.metadata.misunderstood).toBe(0);
  });
});

describe('exceptions', () => {
  it('are read alone and in an array, with and without target and time', () => {
    const full = { exception: 'DiskFull', time: 1_600_000_000_000 };
    expect(readExceptions(full)).toEqual([full]);
    expect(readExceptions([full, { exception: 'FanStopped', target: 'fan1', rpm: 0 }, { target: 'nothing' }])).toEqual([
      full,
      { exception: 'FanStopped', target: 'fan1' },
    ]);
  });
});

describe('messages', () => {
  const time = 1_600_000_000_000;

  it.each([
    [
      { message: 'portList', time, content: { http_port: '80', odd: 1 } },
      { message: 'portList', time, content: { http_port: 80, odd: 1 } },
    ],
    [
      { message: 'cameraSubnetMask', time, target: '3', content: { subnetMask: '255.255.255.0' } },
      { message: 'cameraSubnetMask', time, channel: 3, content: { subnetMask: '255.255.255.0' } },
    ],
    [
      { message: 'cameraDetail', time, target: 2, content: { ChannelID: 2, DeviceName: 'Door' } },
      { message: 'cameraDetail', time, channel: 2, content: { ChannelID: 2, DeviceName: 'Door' } },
    ],
    [
      { message: 'sysTimeChanged', time },
      { message: 'sysTimeChanged', time, content: {} },
    ],
    [
      { message: 'network', time, content: { interfaces: [] } },
      { message: 'network', time, content: expect.objectContaining({ interfaces: [] }) },
    ],
  ])('of a name that the document has are decoded: %j', (received, notice) => {
    expect(readNotices([received])).toEqual([notice]);
  });

  it.each([
    { message: 'fanSpeed', time, target: 'fan1', content: 5 },
    { message: 'cameraSubnetMask', time, target: 3, content: 'odd' },
    { message: 'cameraDetail', time, content: { ChannelID: 1 } },
  ])('that nobody knows, or whose content is odd, go through untouched: %j', (received) => {
    expect(readNotices(received)).toEqual([{ message: 'unknown', time, content: received }]);
  });

  it('replace each other by name and channel', () => {
    const keys = readNotices([
      { message: 'portList', content: {} },
      { message: 'cameraDetail', target: 1, content: { ChannelID: 1 } },
      { message: 'cameraDetail', target: 2, content: { ChannelID: 2 } },
      { message: 'fanSpeed', target: 'fan1' },
      { message: 'fanSpeed', target: 'fan2' },
    ]).map(noticeKey);
    expect(new Set(keys).size).toBe(5);
  });

  it('come from changes of ports and cameras, with what the operations read', async () => {
    const heard: unknown[] = [];
    context.client.messages.subscribe({ message: (message) => heard.push(message) });
    await until('the hook to connect', () => context.client.messages.connected);
    await context.client.call(operations.updateCamera, { ChannelID: 2, DeviceName: 'Door' });
    await until('the message', () => heard.length === 1);
    expect(heard).toEqual([
      {
        message: 'cameraDetail',
        time: expect.any(Number),
        channel: 2,
        content: expect.objectContaining({ DeviceName: 'Door' }),
      },
    ]);
  });
});
