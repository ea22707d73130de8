import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { LiveFeed, VideoFrame } from '../src/shared/index.js';
import { H264Depacketizer } from '../test/support/hap/h264-depacketizer.js';
import { SrtpSession } from '../test/support/hap/srtp-session.js';

const KEY = Buffer.alloc(30, 7);
/** Ends an access unit at once: the parser need not wait for the next one (H.264 7.3.2.4). */
const DELIMITER = Buffer.from([0, 0, 0, 1, 0x09, 0xf0]);

/** What a newcomer to a warm feed is given: the kept pictures. */
export function floorFrames(feed: LiveFeed): VideoFrame[] {
  const frames: VideoFrame[] = [];
  feed
    .subscribe({
      frame: (frame, replay) => {
        if (replay && frame.kind === 'video') frames.push(frame);
      },
    })
    .close();
  return frames;
}

/** ffmpeg alone, copying H.264 from its stdin to SRTP on loopback. */
export function spawnCopy(ffmpeg: string, port: number): ChildProcessWithoutNullStreams {
  const child = spawn(ffmpeg, [
    ...[
      '-hide_banner',
      '-loglevel',
      'error',
      '-probesize',
      '32',
      '-analyzeduration',
      '0',
      '-f',
      'h264',
      '-i',
      'pipe:0',
    ],
    ...['-c:v', 'copy', '-f', 'rtp', '-payload_type', '99', '-ssrc', '1'],
    ...['-srtp_out_suite', 'AES_CM_128_HMAC_SHA1_80', '-srtp_out_params', KEY.toString('base64')],
    `srtp://127.0.0.1:${port}?pkt_size=1188`,
  ]);
  child.stdin.on('error', () => undefined);
  child.stdout.resume();
  child.stderr.resume();
  return child;
}

/** @param ahead ms for which the process has been waiting when the frames come */
export async function bareStream(
  ffmpeg: string,
  frames: readonly VideoFrame[],
  ahead: number,
): Promise<{ packet: number; frame: number }> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 }).bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const incoming = new SrtpSession(KEY.subarray(0, 16), KEY.subarray(16));
  const depacketizer = new H264Depacketizer();
  let packet: number | undefined;
  const frame = new Promise<number>((resolve) => {
    socket.on('message', (datagram) => {
      const arrival = performance.now();
      const second = datagram.readUInt8(1);
      if (second >= 192 && second <= 223) return;
      packet ??= arrival;
      const clear = incoming.open(datagram);
      const unit = depacketizer.push({
        sequence: clear.readUInt16BE(2),
        timestamp: clear.readUInt32BE(4),
        marker: (second & 0x80) !== 0,
        payload: clear.subarray(12),
      });
      if (unit?.keyframe) resolve(arrival);
    });
  });
  let begin = performance.now();
  const child = spawnCopy(ffmpeg, port);
  if (ahead > 0) {
    await wait(ahead);
    begin = performance.now();
  }
  for (const { data } of frames) child.stdin.write(Buffer.concat([data, DELIMITER]));
  const arrival = await frame;
  child.kill('SIGKILL');
  await once(child, 'close');
  socket.close();
  return { packet: (packet ?? arrival) - begin, frame: arrival - begin };
}
