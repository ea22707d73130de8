import { describe, expect, it } from '@jest/globals';
import { CallMonitor } from '../../src/node-red/call-monitor.js';
import { HookMonitor } from '../../src/node-red/hook-monitor.js';
import { LiveMonitor } from '../../src/node-red/nodes/live/monitor.js';
import { callStatus, failureStatus, hookStatus } from '../../src/node-red/status.js';
import { LoginRejectedError, ManualClock, NvrUnreachableError } from '../../src/shared/index.js';

describe('status of a call node', () => {
  it.each([
    ['nothing at rest', { pending: 0, operation: 'getPort', failure: undefined }, {}],
    [
      'a blue dot during a call',
      { pending: 1, operation: 'getPort', failure: undefined },
      { fill: 'blue', shape: 'dot', text: 'getPort' },
    ],
    [
      'a red ring and the code after an error',
      { pending: 0, operation: 'getPort', failure: 'NVR_TIMEOUT' },
      { fill: 'red', shape: 'ring', text: 'NVR_TIMEOUT' },
    ],
  ])('%s', (_, facts, status) => {
    expect(callStatus(facts)).toEqual(status);
  });

  it('texts stay under 20 characters', () => {
    expect(failureStatus('UNTRUSTED_CERTIFICATE').text).toBe('UNTRUSTED_CERTIFIC…');
    expect(failureStatus('INVALID_PARAMETER').text).toBe('INVALID_PARAMETER');
  });

  it('follows several calls at once', () => {
    const shown: (string | undefined)[] = [];
    const monitor = new CallMonitor(({ text }) => shown.push(text));
    monitor.begun('a');
    monitor.begun('b');
    monitor.ended();
    monitor.ended('NVR_REFUSED');
    monitor.begun('c');
    monitor.close();
    monitor.ended('CLOSED');
    expect(shown).toEqual(['a', 'b', 'b', 'NVR_REFUSED', 'c']);
  });
});

describe('status of a hook node', () => {
  it.each([
    [
      { connection: 'connecting', failure: undefined, count: 0 },
      { fill: 'yellow', shape: 'ring', text: 'connecting' },
    ],
    [
      { connection: 'connected', failure: undefined, count: 0 },
      { fill: 'green', shape: 'dot', text: 'connected' },
    ],
    [
      { connection: 'connected', failure: undefined, count: 7 },
      { fill: 'green', shape: 'dot', text: 'connected (7)' },
    ],
    [
      { connection: 'connected', failure: undefined, count: 7, dropped: 9990 },
      { fill: 'green', shape: 'dot', text: '9990 dropped (7)' },
    ],
    [
      { connection: 'disconnected', failure: undefined, count: 7 },
      { fill: 'red', shape: 'ring', text: 'disconnected' },
    ],
    [
      { connection: 'disconnected', failure: 'LOGIN_REJECTED', count: 7 },
      { fill: 'red', shape: 'ring', text: 'LOGIN_REJECTED' },
    ],
  ] as const)('%j', (facts, status) => {
    expect(hookStatus(facts)).toEqual(status);
  });

  it('shows a storm of events once a second', () => {
    const clock = new ManualClock();
    const shown: (string | undefined)[] = [];
    const monitor = new HookMonitor(({ text }) => shown.push(text), clock);
    monitor.connected();
    for (let i = 0; i < 1000; i += 1) monitor.counted();
    clock.advance(1000);
    clock.advance(1000);
    expect(shown).toEqual(['connecting', 'connected', 'connected (1)', 'connected (1000)']);
  });

  it('shows what a flood dropped, also after its last message', () => {
    const clock = new ManualClock();
    const shown: (string | undefined)[] = [];
    const monitor = new HookMonitor(({ text }) => shown.push(text), clock);
    monitor.connected();
    monitor.counted();
    clock.advance(1000);
    monitor.drop(5);
    monitor.drop(2);
    clock.advance(1000);
    expect(shown.slice(2)).toEqual(['connected (1)', '5 dropped (1)', '7 dropped (1)']);
    expect(monitor.dropped).toBe(7);
  });

  it('names only an error after which nothing is tried again', () => {
    const shown: (string | undefined)[] = [];
    const monitor = new HookMonitor(({ text }) => shown.push(text), new ManualClock());
    monitor.disconnected(new NvrUnreachableError('gone'));
    monitor.disconnected(new LoginRejectedError('no'));
    expect(shown).toEqual(['connecting', 'disconnected', 'LOGIN_REJECTED']);
  });

  it('leaves no timer when closed', () => {
    const clock = new ManualClock();
    const monitor = new HookMonitor(() => undefined, clock);
    monitor.counted();
    monitor.close();
    expect(clock.pending).toBe(0);
  });
});

describe('the status of live video', () => {
  it('tells the pictures of each second, once a second, and that they stay away', () => {
    const clock = new ManualClock();
    const shown: (string | undefined)[] = [];
    const monitor = new LiveMonitor(({ text }) => shown.push(text), clock);
    monitor.started();
    for (const pictures of [25, 25, 12]) {
      for (let count = 0; count < pictures; count += 1) monitor.picture();
      if (pictures === 12) for (let count = 0; count < 3; count += 1) monitor.drop();
      clock.advance(1000);
    }
    for (let second = 0; second < 10; second += 1) clock.advance(1000);
    monitor.watched(2);
    monitor.stopped();
    monitor.close();
    expect(shown).toEqual([
      'stopped',
      'connecting',
      '25 fps',
      '12 fps, 3 dropped',
      '0 fps, 3 dropped',
      'connecting',
      '2 watching',
    ]);
    expect(clock.pending).toBe(0);
  });
});
