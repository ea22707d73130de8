import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type Clock, systemClock } from '../../../src/shared/clock.js';
import { Simulator, type SimulatorOptions } from '../../../packages/simulator/src/index.js';
import { until } from '../../support/until.js';
import { play, startPlayer } from './player.js';

/** 2023-11-14 22:13:20 UTC; channel 1 and 2 have a record of the hour before. */
const START = 1_700_000_000;

/** Runs as fast as the system's, from a time that the test knows. */
function clockFrom(seconds: number): Clock {
  const offset = seconds * 1000 - Date.now();
  return { ...systemClock, wall: () => Date.now() + offset };
}

describe('A player at the RTSP port', () => {
  let simulator: Simulator;
  afterEach(async () => {
    await until('no session', () => simulator.rtspSessions === 0);
    await simulator.stop();
  });

  const start = async (options: SimulatorOptions = {}) => {
    simulator = await Simulator.start({ cameras: 2, rtspPort: 0, ...options });
  };
  const url = (path: string, login = 'admin:admin123') => `rtsp://${login}@127.0.0.1:${simulator.rtspPort}${path}`;

  it.each(['h264', 'h265'] as const)('sees and hears live %s, over TCP and UDP at once', async (codec) => {
    await start({ codec });
    const [tcp, udp] = await Promise.all([play(url('/live/1/0'), 'tcp', 45), play(url('/live/2/1'), 'udp', 45)]);
    expect(tcp.complaints + udp.complaints).toBe('');
    const first = tcp.marks[0]?.picture ?? NaN;
    expect(first % 30).toBe(0);
    expect(tcp.marks).toEqual(
      Array.from({ length: 45 }, (_, index) => ({ channel: 1, stream: 'main', picture: (first + index) % 150 })),
    );
    expect(udp.marks).toHaveLength(45);
    expect(udp.marks).toEqual(udp.marks.map((mark) => ({ ...mark, channel: 2, stream: 'sub' })));
    // 3 s of sound: a beep at each full second. The first keyframe came at one.
    for (const { loudness } of [tcp, udp]) {
      const beeps = loudness.filter((level, at) => level > 8000 && (loudness[at - 1] ?? 0) <= 8000);
      expect(beeps.length).toBeGreaterThanOrEqual(2);
    }
    expect(simulator.refused).toEqual([]);
  });

  it('hears the beep with the picture of the full second', async () => {
    await start();
    const { marks, loudness } = await play(url('/live/1/0'), 'tcp', 45);
    const [first] = marks;
    const beep = loudness.findIndex((level, at) => level > 8000 && at > 20);
    // Both begin with the keyframe, at an even second; a sound more or less may have come before it.
    expect((first?.picture ?? NaN) % 30).toBe(0);
    expect(Math.abs((beep % 100) - 50)).toBeGreaterThan(40);
  });

  it('sees the recording of the time it asks for', async () => {
    await start({ clock: clockFrom(START) });
    const time = START - 1754;
    const { marks, complaints } = await play(url(`/playback/2/1?time=${time}&session=a`), 'tcp', 40);
    expect(complaints).toBe('');
    const first = (time % 10) * 15;
    expect(marks).toEqual(
      Array.from({ length: 40 }, (_, index) => ({ channel: 2, stream: 'sub', picture: (first + index) % 150 })),
    );
  });

  it.each(['admin:wrong', 'nobody:admin123'])('is refused as %s', async (login) => {
    await start();
    const { marks, complaints } = await play(url('/live/1/0', login), 'tcp', 1);
    expect(marks).toEqual([]);
    expect(complaints).toMatch(/401/);
  });

  it('may log in with any characters', async () => {
    await start({ username: 'us er', password: 'a:b@c/d%"ü' });
    const login = ['us er', 'a:b@c/d%"ü'].map(encodeURIComponent);
    const { marks } = await play(url('/live/1/1', login.join(':')), 'tcp', 1);
    expect(marks).toHaveLength(1);
  });

  it.each(['tcp', 'udp'] as const)('that is killed leaves nothing behind over %s', async (transport) => {
    await start();
    const player = await startPlayer(url('/live/1/1'), transport);
    const exited = once(player, 'exit');
    await until('a session', () => simulator.requests.some(({ method }) => method === 'PLAY'));
    expect(simulator.rtspSessions).toBe(1);
    player.kill('SIGKILL');
    await exited;
    await until('no session', () => simulator.rtspSessions === 0);
    expect(simulator.requests.some(({ method }) => method === 'TEARDOWN')).toBe(false);
  });

  it('is cut by a restart, and can come back at the same port', async () => {
    await start();
    const { rtspPort } = simulator;
    const player = await startPlayer(url('/live/1/1'), 'tcp');
    const exited = once(player, 'exit');
    await until('a session', () => simulator.requests.some(({ method }) => method === 'PLAY'));
    await simulator.restart();
    await exited;
    expect(simulator.rtspSessions).toBe(0);
    expect(simulator.rtspPort).toBe(rtspPort);
    expect((await play(url('/live/1/1'), 'tcp', 1)).marks).toHaveLength(1);
  });
});
