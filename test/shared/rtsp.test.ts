import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readRtp } from '../../src/homebridge/live/rtp.js';
import { ManualClock } from '../../src/shared/clock.js';
import { Nvr, type NvrClientOptions, type RtspPacket } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { decodeMarks } from '../simulator/decode.js';
import { type AccessUnit, annexB, H264Depacketizer } from '../support/hap/h264-depacketizer.js';
import { until } from '../support/until.js';

/** 2023-11-14 22:13:20 UTC; channel 1 has a record of the hour before. */
const START = 1_700_000_000;
const FROM = START - 1000;

/** Pictures and sounds, put together from packets. */
class Watcher {
  readonly units: AccessUnit[] = [];
  readonly packets: RtspPacket[] = [];
  #seen = 0;
  readonly #depacketizer = new H264Depacketizer();

  readonly take = (packet: RtspPacket): void => {
    this.packets.push(packet);
    const rtp = packet.kind === 'rtp' ? readRtp(packet.data) : undefined;
    if (!rtp || packet.track.media !== 'video') return;
    const unit = this.#depacketizer.push({ ...rtp.header, payload: rtp.payload });
    if (unit) this.units.push(unit);
  };

  /** So many more pictures than the last time; those before are needed to decode them. */
  async seen(count: number): Promise<(number | undefined)[]> {
    const before = this.#seen;
    this.#seen += count;
    await until(`${count} pictures`, () => this.units.length >= this.#seen);
    expect(this.units).toHaveLength(this.#seen);
    const marks = await decodeMarks(annexB(this.units), 'h264');
    return marks.slice(before).map((mark) => mark?.picture);
  }
}

/** Numbers of the pictures in the loop of 10 s. */
const pictures = (first: number, count: number, step = 1) =>
  Array.from({ length: count }, (_, index) => (first + index * step + 1500) % 150);

describe('Playback over RTSP', () => {
  let clock: ManualClock;
  let simulator: Simulator;
  let client: Nvr;
  let lines: string[];
  const connect = (options: Partial<NvrClientOptions> = {}) => {
    const write = (line: string) => void lines.push(line);
    const logger = { debug: write, info: write, warn: write, error: write };
    const { host, port } = simulator;
    return new Nvr({ host, port, username: 'admin', password: 'admin123', logger, ...options });
  };

  beforeEach(async () => {
    lines = [];
    clock = new ManualClock(START * 1000);
    simulator = await Simulator.start({ cameras: 2, rtspPort: 0, clock });
    client = connect();
  });
  afterEach(async () => {
    await client.close();
    await until('no session', () => simulator.rtspSessions === 0);
    expect(clock.pending).toBe(0);
    await simulator.stop();
  });

  const open = async (watcher: Watcher, target: object = {}) => {
    const stream = await client.rtsp.open({ channel: 1, stream: 'sub', from: FROM * 1000, ...target }, watcher.take);
    await until('it plays', () => watcher.packets.length > 0);
    return stream;
  };

  it('shows the time it starts at, and does what it is told', async () => {
    const watcher = new Watcher();
    await using stream = await open(watcher);
    expect(stream.tracks).toMatchObject([
      { media: 'video', encoding: 'H264', clockRate: 90_000 },
      { media: 'audio', encoding: 'PCMU', clockRate: 8000 },
    ]);
    const first = (FROM % 10) * 15;
    expect(await watcher.seen(1)).toEqual([first]);
    clock.advance(1000);
    expect(await watcher.seen(15)).toEqual(pictures(first + 1, 15));

    // The picture that was sought is the last of those that are needed to decode it; then it stands still.
    await stream.control({ command: 'seek', time: FROM + 103 });
    expect((await watcher.seen(16)).at(-1)).toBe((first + 45) % 150);
    clock.advance(5000);
    await stream.control({ command: 'step_forward' });
    expect(await watcher.seen(1)).toEqual(pictures(first + 46, 1));

    await stream.control({ command: 'fast_forward', speed: 8 });
    clock.advance(1000);
    expect(await watcher.seen(4)).toEqual(pictures(first + 60, 4, 30));

    await stream.control({ command: 'pause' });
    clock.advance(5000);
    await stream.control({ command: 'seek', time: FROM + 200 });
    expect(await watcher.seen(1)).toEqual([first]);
    await stream.control({ command: 'play' });
    clock.advance(200);
    expect(await watcher.seen(3)).toEqual(pictures(first + 1, 3));
    expect(simulator.refused).toEqual([]);
  });

  it('keeps RTP time running on, whatever is shown', async () => {
    const watcher = new Watcher();
    await using stream = await open(watcher);
    clock.advance(1000);
    await stream.control({ command: 'fast_backward', speed: 16 });
    clock.advance(1000);
    await stream.control({ command: 'seek', time: FROM + 101 });
    await until('all pictures', () => watcher.units.length === 16 + 8 + 16);
    const stamps = watcher.units.map(({ timestamp }) => timestamp);
    const steps = stamps.slice(1).map((stamp, index) => (stamp - (stamps[index] ?? 0)) | 0);
    expect(Math.min(...steps)).toBeGreaterThan(0);
    // 2 s of it, and 16 pictures at once.
    expect(steps.reduce((sum, step) => sum + step, 0) / 90).toBeLessThan(2100);
  });

  it('is controlled by HTTP too, by who knows its session', async () => {
    const watcher = new Watcher();
    const stream = await open(watcher, { session: 'mine' });
    await watcher.seen(1);
    await client.recording.playbackControl({ session: 'mine', command: 'seek', time: FROM + 60 });
    expect(await watcher.seen(1)).toEqual([(FROM % 10) * 15]);
    await stream.close();
  });

  it('serves two at once', async () => {
    const [one, two] = [new Watcher(), new Watcher()];
    await using first = await open(one);
    await using second = await open(two, { channel: 2, from: (FROM + 4) * 1000 });
    await first.control({ command: 'pause' });
    clock.advance(1000);
    expect(await two.seen(16)).toEqual(pictures(((FROM + 4) % 10) * 15, 16));
    expect(await one.seen(1)).toHaveLength(1);
    expect(simulator.rtspSessions).toBe(2);
    await second.close();
  });

  it('ends without a trace, and says good-bye', async () => {
    const stream = await open(new Watcher());
    await Promise.all([stream.close(), stream.close()]);
    expect(await stream.ended).toBeUndefined();
    expect(simulator.requests.filter(({ method }) => method === 'TEARDOWN')).toHaveLength(1);
    await until('no session', () => simulator.rtspSessions === 0);
    await expect(stream.control({ command: 'play' })).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('ends with its client', async () => {
    const stream = await open(new Watcher());
    await client.close();
    expect(await stream.ended).toBeUndefined();
    await expect(open(new Watcher())).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('says that the NVR is gone', async () => {
    const stream = await open(new Watcher());
    const restarted = simulator.restart();
    expect(await stream.ended).toMatchObject({ code: 'NVR_UNREACHABLE' });
    await until('down', () => clock.pending === 1);
    clock.advance(0);
    await restarted;
    await stream.close();
  });

  it('shows live too, which cannot be controlled', async () => {
    const watcher = new Watcher();
    await using stream = await client.rtsp.open({ channel: 1, stream: 'main' }, watcher.take);
    await until('it plays', () => clock.pending === 3);
    clock.advance(2100);
    expect((await watcher.seen(32)).slice(0, 2)).toEqual([0, 1]);
    await expect(stream.control({ command: 'play' })).rejects.toMatchObject({ code: 'INVALID_PARAMETER' });
    expect(simulator.refused).toEqual([]);
  });

  it.each([
    [{ channel: 0 }, 'ChannelID'],
    [{ from: -1 }, 'from'],
    [{ from: FROM }, 'from'],
    [{ session: '' }, 'session'],
    [{ stream: 'other' }, 'stream'],
  ])('checks %j before anything is sent', async (target, path) => {
    await expect(open(new Watcher(), target)).rejects.toMatchObject({ code: 'INVALID_PARAMETER', path });
    expect(simulator.requests).toEqual([]);
  });

  it.each([
    [{ command: 'seek' }, 'time'],
    [{ command: 'play', speed: 2 }, 'speed'],
    [{ command: 'dance' }, 'command'],
  ])('checks the command %j', async (command, path) => {
    await using stream = await open(new Watcher());
    await expect(stream.control(command as { command: 'play' })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER',
      path,
    });
    expect(simulator.requests.some(({ method }) => method === 'SET_PARAMETER')).toBe(false);
  });

  it('tells what the NVR refuses', async () => {
    const refused = { code: 'NVR_REFUSED' };
    await expect(open(new Watcher(), { channel: 7 })).rejects.toMatchObject(refused);
    await using stream = await open(new Watcher());
    await expect(stream.control({ command: 'seek', time: START + 3600 })).rejects.toMatchObject(refused);
    expect(simulator.refused.map(({ why }) => why)).toEqual([
      'ChannelID=7: no such channel',
      expect.stringMatching(/nothing is recorded/),
    ]);
  });

  it('gives up for good where RTSP rejects the login', async () => {
    await client.call((await import('../../src/shared/sdk/network.js')).getPort);
    simulator.faults.rejectLogin = true;
    const count = () => simulator.requests.filter(({ method }) => method === 'DESCRIBE').length;
    await expect(open(new Watcher())).rejects.toMatchObject({ code: 'LOGIN_REJECTED' });
    expect(count()).toBe(2);
    simulator.faults.rejectLogin = false;
    await expect(open(new Watcher())).rejects.toMatchObject({ code: 'LOGIN_REJECTED' });
    expect(count()).toBe(2);
  });

  it('is not there where the NVR has no RTSP', async () => {
    await using bare = await Simulator.start({ cameras: 1 });
    await using other = connect({ port: bare.port });
    await expect(other.rtsp.address({ channel: 1, stream: 'main' })).rejects.toMatchObject({ code: 'NVR_REFUSED' });
  });
});
