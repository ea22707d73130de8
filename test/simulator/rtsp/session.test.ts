import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { ManualClock } from '../../../src/shared/clock.js';
import { Simulator } from '../../../packages/simulator/src/index.js';
import { until } from '../../support/until.js';
import { RtspVisitor } from './rtsp-visitor.js';

/** 2023-11-14 22:13:20 UTC */
const START = 1_700_000_000;
const playback = `/playback/1/1?time=${START - 1000}&session=s`;

async function udpSocket(port = 0): Promise<UdpSocket> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

describe('An RTSP session', () => {
  let clock: ManualClock;
  let simulator: Simulator;
  let visitor: RtspVisitor;

  beforeEach(async () => {
    clock = new ManualClock(START * 1000);
    simulator = await Simulator.start({ cameras: 2, rtspPort: 0, clock });
    visitor = await RtspVisitor.challenged(simulator);
  });
  afterEach(async () => {
    visitor.leave();
    await simulator.stop();
    expect(simulator.rtspSessions).toBe(0);
    expect(clock.pending).toBe(0);
  });

  /** Two minutes pass, of which the session sees nothing but these signs of life. */
  const outlive = async (sign: () => void) => {
    const end = clock.now() + 120_000;
    await until('two minutes', () => {
      sign();
      clock.advance(1000);
      return clock.now() >= end;
    });
    expect(simulator.rtspSessions).toBe(1);
  };

  it('numbers, stamps and cuts packets', async () => {
    const replies = await visitor.play('/live/1/0');
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    clock.advance(2100);
    const pictures = () => visitor.packets.filter(({ channel }) => channel === 0).map(({ data }) => data);
    const ends = () => pictures().filter((packet) => (packet.readUInt8(1) & 0x80) !== 0);
    await until('all pictures', () => ends().length >= 32);
    const video = pictures();
    const info = /seq=(\d+);rtptime=(\d+)/.exec(replies[2]?.headers['rtp-info'] ?? '') ?? [];
    const sequence = (index: number) => (Number(info[1]) + index) & 0xffff;
    expect(video.map((packet) => packet.readUInt16BE(2))).toEqual(video.map((_, index) => sequence(index)));
    expect(Math.max(...video.map((packet) => packet.length))).toBe(12 + 1400);
    // It starts with the keyframe that is due at once, and goes on for 2.1 s.
    const stamps = ends().map((packet) => (packet.readUInt32BE(4) - Number(info[2])) >>> 0);
    expect(stamps).toEqual(stamps.map((_, index) => Math.floor((index * 1000) / 15) * 90));
    expect(stamps).toHaveLength(32);
    const last = video.map((packet, at) => packet.readUInt32BE(4) !== video[at + 1]?.readUInt32BE(4));
    expect(video.map((packet) => packet.readUInt8(1) >= 0x80)).toEqual(last);
    const audio = visitor.packets.filter(({ channel }) => channel === 2).map(({ data }) => data);
    expect(audio.every((packet) => packet.length === 12 + 320 && packet.readUInt8(1) === 0)).toBe(true);
  });

  it('reports to both tracks every 5 s, so that players can bring them together', async () => {
    await visitor.play('/live/1/0');
    clock.advance(5000);
    const reports = () => visitor.packets.filter(({ channel }) => channel % 2 === 1);
    await until('reports', () => reports().length === 4);
    for (const { data } of reports().slice(2)) {
      expect(data.readUInt8(1)).toBe(200);
      expect(data.readUInt32BE(8) - 2_208_988_800).toBe(START + 5);
      const [report, media] = [data.readUInt32BE(4), visitor.packets.filter((packet) => packet.data.length > 40)];
      const first = media.find((packet) => packet.data.readUInt32BE(8) === report)?.data;
      const rate = first && first.readUInt8(1) === 0 ? 8 : 90;
      const since = ((data.readUInt32BE(16) - (first?.readUInt32BE(4) ?? 0)) >>> 0) / rate;
      expect(since).toBe(5000);
      expect(data.readUInt32BE(20)).toBeGreaterThan(75);
    }
  });

  it('holds a live stream while it is paused, and starts again with a keyframe', async () => {
    await visitor.play('/live/1/1');
    clock.advance(500);
    await visitor.ask('PAUSE', '/live/1/1');
    const before = visitor.packets.length;
    clock.advance(1000);
    await visitor.ask('PLAY', '/live/1/1');
    clock.advance(400);
    await visitor.ask('GET_PARAMETER', '/live/1/1');
    // Reports only: the keyframe is still to come.
    expect(visitor.packets.slice(before).filter(({ channel }) => channel % 2 === 0)).toEqual([]);
    clock.advance(200);
    await until('pictures', () => visitor.packets.slice(before).some(({ channel }) => channel === 0));
  });

  it('sends over UDP to the ports of the client, from a pair that it gives back', async () => {
    const [rtp, rtcp] = await Promise.all([udpSocket(), udpSocket()]);
    const received: Buffer[] = [];
    rtp.on('message', (packet) => received.push(packet));
    const reported = once(rtcp, 'message');
    const Transport = `RTP/AVP;unicast;client_port=${rtp.address().port}-${rtcp.address().port}`;
    const [setUp] = await visitor.play('/live/1/1', [Transport]);
    await reported;
    const [, server = 0, second] = (/server_port=(\d+)-(\d+)/.exec(setUp?.headers['transport'] ?? '') ?? []).map(
      Number,
    );
    expect([server % 2, second]).toEqual([0, server + 1]);
    clock.advance(100);
    await until('pictures', () => received.some((packet) => packet.readUInt8(1) === 0x80 + 96));

    await outlive(() => rtcp.send(Buffer.alloc(8), server + 1, '127.0.0.1'));
    await visitor.ask('TEARDOWN', '/live/1/1');
    rtp.close();
    rtcp.close();
    const again = await Promise.all([udpSocket(server), udpSocket(server + 1)]);
    for (const socket of again) socket.close();
  });

  it('takes RTCP between the requests as a sign of life', async () => {
    await visitor.play('/live/1/1');
    await outlive(() => visitor.socket.write(Buffer.from([0x24, 1, 0, 1, 0])));
  });

  it('ends a session after a minute without a sign of life', async () => {
    await visitor.play('/live/1/1');
    for (const method of ['GET_PARAMETER', 'OPTIONS', 'DESCRIBE']) {
      clock.advance(59_000);
      await visitor.ask(method, '/live/1/1');
      expect(simulator.rtspSessions).toBe(1);
    }
    const closed = once(visitor.socket, 'close');
    clock.advance(60_000);
    await closed;
    await until('no session', () => simulator.rtspSessions === 0);
  });

  it('leaves out frames up to a keyframe for a client that reads too slowly', async () => {
    await visitor.play('/live/1/0');
    visitor.socket.pause();
    // 60 MB, were they kept.
    for (let minute = 0; minute < 100; minute++) {
      clock.advance(50_000);
      visitor.socket.write('OPTIONS * RTSP/1.0\r\nCSeq: 999\r\n\r\n');
      await until(
        'a sign of life',
        () => simulator.requests.filter(({ method }) => method === 'OPTIONS').length > minute,
      );
    }
    visitor.socket.resume();
    const before = visitor.packets.length;
    await visitor.ask('GET_PARAMETER', '/live/1/0');
    const bytes = visitor.packets.slice(before).reduce((sum, { data }) => sum + data.length, 0);
    expect(bytes).toBeLessThan(16 * 1024 * 1024);
    clock.advance(3000);
    await visitor.ask('GET_PARAMETER', '/live/1/0');
    const video = visitor.packets.filter(({ channel }) => channel === 0).map(({ data }) => data);
    const steps = video.map(
      (packet, index) => (packet.readUInt32BE(4) - (video[index - 1] ?? packet).readUInt32BE(4)) >>> 0,
    );
    const gaps = steps.flatMap((step, index) => (step > 90_000 ? [index] : []));
    expect(gaps.length).toBeGreaterThan(0);
    // Each goes on with parameter sets, as keyframes do.
    for (const gap of gaps) expect((video[gap]?.readUInt8(12) ?? 0) & 0x1f).toBeGreaterThanOrEqual(5);
  });

  it('is cut off with everything that hangs on it', async () => {
    await visitor.play('/live/1/0');
    const other = await RtspVisitor.challenged(simulator);
    await other.play(playback, ['RTP/AVP;unicast;client_port=40000-40001']);
    expect(simulator.rtspSessions).toBe(2);
    await simulator.stop();
    await until('cut', () => visitor.socket.destroyed && other.socket.destroyed);
  });
});
