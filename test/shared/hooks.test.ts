import { describe, expect, it } from '@jest/globals';
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

  it('hear what is thrown by a call and over a socket; a bad event is not sent', async () => {
    const heard: string[] = [];
    context.client.events.subscribe({
      message: ({ channel, type, state }) => heard.push(`${channel} ${type} ${state}`),
    });
    await until('the hook to connect', () => context.client.events.connected);
    await context.client.call('addEvent', { ChannelID: 1, Type: 'Motion', State: 'active' });
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
