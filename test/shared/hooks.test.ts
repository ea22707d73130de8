import { operations } from '../../src/shared/index.js';
import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { SocketHandlers } from '../../src/shared/link/socket-connector.js';
import { ManualClock } from '../../src/shared/clock.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';
import { silentLogger } from '../../src/shared/logger.js';
import { limits } from '../../src/shared/limits.js';
import { Hook } from '../../src/shared/push/hook.js';
import { Recovery } from '../../src/shared/link/recovery.js';
import { readEvents, readStatusMessage } from '../../src/shared/push/messages.js';
import { until } from '../support/until.js';
import { withNvr } from './with-nvr.js';

const context = withNvr();

describe('hooks', () => {
  it('share one socket among all who listen, and close it with the last', async () => {
    const heard: string[] = [];
    const listen = (name: string) =>
      context.client.events.subscribe({
        message: ({ channel, type, state }) => heard.push(`${name} ${channel} ${type} ${state}`),
      });
    const [one, two] = [listen('one'), listen('two')];
    await until('the hook to connect', () => context.client.events.connected);
    expect(context.nvr.openSockets).toBe(1);
    context.nvr.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    await until('both to hear', () => heard.length === 2);
    expect(heard).toEqual(['one 2 Motion active', 'two 2 Motion active']);
    one.close();
    one.close();
    expect(context.client.events.connected).toBe(true);
    two.close();
    await until('the socket to close', () => context.nvr.openSockets === 0);
  });

  it('pass unknown events through, and survive and count what is no message', async () => {
    const heard: string[] = [];
    context.client.events.subscribe({ message: ({ type }) => heard.push(type) });
    await until('the hook to connect', () => context.client.events.connected);
    context.nvr.faults.badHookMessage();
    context.nvr.faults.badHookMessage();
    context.nvr.faults.unknownEvent();
    await until('the event', () => heard.length === 1);
    expect(heard).toEqual(['NeverHeardOf']);
    expect(context.client.events.misunderstood).toBe(2);
    expect(context.lines.filter((line) => line.includes('could not be understood'))).toHaveLength(1);
  });

  it('remember the types of what they told, and of those the newest', async () => {
    const heard: string[] = [];
    context.client.events.subscribe({ message: ({ type }) => heard.push(type) });
    await until('the hook to connect', () => context.client.events.connected);
    const types = Array.from({ length: limits.hook.types + 1 }, (_, index) => `Type${index}`);
    for (const type of [...types, ...types.slice(-1)]) context.nvr.throwEvent({ channel: 1, type, state: 'once' });
    await until('all of them', () => heard.length === types.length + 1);
    expect(context.client.events.types).toEqual(types.slice(1));
  });

  it('are not hurt by a listener that throws', async () => {
    const heard: string[] = [];
    context.client.events.subscribe({
      message: () => {
        throw new Error('a bug of mine');
      },
    });
    context.client.events.subscribe({ message: ({ type }) => heard.push(type) });
    await until('the hook to connect', () => context.client.events.connected);
    context.nvr.throwEvent({ channel: 1, type: 'Motion', state: 'once' });
    await until('the other listener to hear', () => heard.length === 1);
    expect(context.lines.some((line) => line.startsWith('error a listener failed: Error: a bug of mine'))).toBe(true);
  });

  it('come back after a restart of the NVR, and end a motion that ended meanwhile', async () => {
    const log: string[] = [];
    context.client.eventStates.subscribe({
      changed: ({ channel, type, active, cause }) => log.push(`${channel} ${type} ${active} ${cause}`),
      unknown: () => log.push('unknown'),
    });
    await until('the states to be known', () => context.client.eventStates.known);
    context.nvr.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    await until('motion', () => log.length === 1);
    await context.nvr.restart();
    await until('motion to end', () => log.includes('1 Motion false reconciled'));
    expect(log[0]).toBe('1 Motion true event');
    expect(log).toContain('unknown');
    context.nvr.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    await until('motion again', () => log.at(-1) === '2 Motion true event');
  });

  it('survive a storm of events', async () => {
    let count = 0;
    context.client.events.subscribe({ message: () => (count += 1) });
    await until('the hook to connect', () => context.client.events.connected);
    context.nvr.faults.eventStorm(5000);
    await until('all events', () => count === 10_000);
  });

  it('deliver the status of every channel', async () => {
    const statuses: unknown[] = [];
    context.client.cameraStatus.subscribe({ message: (status) => statuses.push(status) });
    await until('a status', () => statuses.length > 0);
    expect(statuses[0]).toEqual([
      { channel: 1, online: true, recording: expect.any(Boolean), event: false },
      { channel: 2, online: true, recording: expect.any(Boolean), event: false },
    ]);
  });

  it('stop at a wrong password instead of trying for ever', async () => {
    const wrong = context.connect({ password: 'not-the-password' });
    const codes: (string | undefined)[] = [];
    wrong.events.subscribe({ message: () => undefined, disconnected: (error) => codes.push(error?.code) });
    wrong.cameraStatus.subscribe({ message: () => undefined, disconnected: (error) => codes.push(error?.code) });
    await until('both to stop', () => codes.length === 2);
    expect(codes).toEqual(['LOGIN_REJECTED', 'LOGIN_REJECTED']);
    expect(context.nvr.loginAttempts).toBe(2);
    await wrong.close();
  });

  it('tell who comes later that they have stopped, and start anew for whoever comes after all have gone', async () => {
    await using wrong = context.connect({ password: 'not-the-password' });
    const codes: (string | undefined)[] = [];
    const disconnected = (error: { code: string } | undefined) => codes.push(error?.code);
    const listen = () => [
      wrong.events.subscribe({ message: () => undefined, disconnected }),
      wrong.eventStates.subscribe({ changed: () => undefined, unknown: disconnected }),
    ];
    const first = listen();
    await until('both to stop', () => codes.length === 2);
    const later = listen();
    expect(codes).toEqual(Array(4).fill('LOGIN_REJECTED'));
    for (const subscription of [...first, ...later]) subscription.close();
    listen();
    expect(codes).toHaveLength(4);
    await until('both to stop again', () => codes.length === 6);
  });

  it('tell nothing to who comes while they are still trying', async () => {
    await using gone = context.connect({ port: 1 });
    const codes: (string | undefined)[] = [];
    const listen = () =>
      gone.events.subscribe({ message: () => undefined, disconnected: (error) => codes.push(error?.code) });
    listen();
    // The second may follow within a millisecond.
    await until('the first try to fail', () => codes.length > 0);
    const before = codes.length;
    listen();
    expect(codes).toEqual(Array(before).fill('NVR_UNREACHABLE'));
  });

  it('do not throw what a callback throws at a subscriber who comes later', async () => {
    context.client.events.subscribe({ message: () => undefined });
    await until('the hook to connect', () => context.client.events.connected);
    context.client.events.subscribe({
      message: () => undefined,
      connected: () => {
        throw new Error('a bug of mine');
      },
    });
    expect(context.lines.some((line) => line.startsWith('error a listener failed: Error: a bug of mine'))).toBe(true);
  });

  it('hear what is thrown by a call and over a socket; a bad event is not sent', async () => {
    const heard: string[] = [];
    context.client.events.subscribe({
      message: ({ channel, type, state }) => heard.push(`${channel} ${type} ${state}`),
    });
    await until('the hook to connect', () => context.client.events.connected);
    await context.client.call(operations.addEvent, { ChannelID: 1, Type: 'Motion', State: 'active' });
    const sender = await context.client.openEventSender();
    await sender.send({ channel: 0, type: 'Door', state: 'once' });
    await expect(sender.send({ channel: -1, type: 'Door', state: 'once' })).rejects.toMatchObject({
      path: 'ChannelID',
    });
    await until('both', () => heard.length === 2);
    expect(heard).toEqual(['1 Motion active', '0 Door once']);
    sender.close();
    await expect(sender.send({ channel: 0, type: 'Door', state: 'once' })).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('lose their sender with the NVR, which says so', async () => {
    const sender = await context.client.openEventSender();
    await context.nvr.restart();
    await until('the loss to show', () => context.nvr.openSockets === 0);
    let code: unknown;
    while (code === undefined) {
      code = await sender.send({ channel: 0, type: 'Door', state: 'once' }).then(
        () => new Promise((resolve) => setImmediate(resolve, undefined)),
        (error: { code: string }) => error.code,
      );
    }
    expect(code).toBe('NVR_UNREACHABLE');
  });
});

describe('messages of a hook', () => {
  /** A hook above a socket that the test plays. */
  function played<Message>(read: (document: unknown) => readonly Message[]) {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    let handlers: SocketHandlers | undefined;
    const hook = new Hook(
      {
        clock: new ManualClock(),
        logger: { debug: write, info: write, warn: write, error: write },
        limits: new LimitCounters({ ...silentLogger, warn: write }),
        random: () => 0,
        recovery: new Recovery(),
        probe: () => Promise.resolve(),
        connect: (_path, given) => {
          handlers = given;
          given.opened(
            Object.assign(new EventEmitter(), { ping, send: ping, terminate: ping, pause: ping, resume: ping }),
          );
          return Promise.resolve();
        },
      },
      '/hook',
      read,
    );
    const heard: Message[] = [];
    hook.subscribe({ message: (message) => heard.push(message) });
    return { hook, heard, lines, send: (text: string) => handlers?.message(Buffer.from(text), false) };
  }
  const ping = () => undefined;
  const motion = { channel: 1, type: 'Motion', state: 'active' };
  const wire = '{"ChannelID":1,"Type":"Motion","State":"active"}';

  it.each<[string, string, unknown[]]>([
    ['a list', `[${wire},${wire}]`, [motion, motion]],
    ['on end', wire + wire, [motion, motion]],
    ['one a line', `${wire}\n${wire}\n`, [motion, motion]],
    ['lists on end', `[${wire}][${wire}]`, [motion, motion]],
    ['a C string', `${wire}\0`, [motion]],
    ['as the document prints it', "{ ChannelID: 1, Type: 'Motion', “State”: “active”, }", [motion]],
    [
      'without channel, which is the NVR',
      '{"Type":"DiskFull","State":"once"}',
      [{ channel: 0, type: 'DiskFull', state: 'once' }],
    ],
    [
      'with null for the channel',
      '{"ChannelID":null,"Type":"X","State":"once"}',
      [{ channel: 0, type: 'X', state: 'once' }],
    ],
    ['with the state in other letters', wire.replace('active', 'Active'), [motion]],
  ])('may be %s', (_case, text, events) => {
    const { hook, heard, send } = played(readEvents);
    send(text);
    expect(heard).toEqual(events);
    expect(hook.misunderstood).toBe(0);
    hook.close();
  });

  it.each([
    ['text', 'hello'],
    ['an unusable channel', '{"ChannelID":"Door","Type":"X","State":"once"}'],
    ['more than 1 MiB', `[${`${wire},`.repeat(22_000)}${wire}]`],
  ])('of %s are counted and logged once, and the socket stays', (_case, text) => {
    const { hook, heard, lines, send } = played(readEvents);
    send(text);
    send(text);
    send(wire);
    expect(heard).toEqual([motion]);
    expect(hook.misunderstood).toBe(2);
    expect(lines).toHaveLength(1);
    expect(hook.connected).toBe(true);
    hook.close();
  });

  it('of the status are one list, also where each channel comes in a line; nonsense is not an empty list', () => {
    const { hook, heard, send } = played(readStatusMessage);
    send('nonsense');
    send('{"ChannelID":1,"Online":true}\n{"ChannelID":2,"Online":false}');
    expect(heard).toEqual([
      [
        { channel: 1, online: true },
        { channel: 2, online: false },
      ],
    ]);
    expect(hook.misunderstood).toBe(1);
    hook.close();
  });

  it('of up to 1 MiB are read', () => {
    const { hook, heard, send } = played(readEvents);
    const padded = wire + ' '.repeat(480);
    send(`[${`${padded},`.repeat(1_900)}${wire}]`);
    expect(heard).toHaveLength(1_901);
    hook.close();
  });

  it('of more entries than a recorder can have cameras are read so far, and that is said once', () => {
    const { hook, heard, lines, send } = played(readEvents);
    send(`[${`${wire},`.repeat(20_000)}${wire}]`);
    send(`[${`${wire},`.repeat(20_000)}${wire}]`);
    expect(heard).toHaveLength(2 * 2048);
    expect(lines).toEqual([expect.stringContaining('hook.entries')]);
    hook.close();
  });
});
