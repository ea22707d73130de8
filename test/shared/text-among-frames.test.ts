import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { encodeFrame, type Frame } from '../../src/shared/codec/frame.js';
import { until } from '../support/until.js';
import { startOddNvr } from './odd-nvr.js';

// An NVR may answer a command as it came, as text over the socket of the frames (SDK 3.4), or greet there.

const startCode = Buffer.from([0, 0, 0, 1]);
const annexB = (...nals: readonly number[][]) =>
  Buffer.concat(nals.flatMap((nal) => [startCode, Buffer.from([...nal, ...new Array<number>(40).fill(0x55)])]));
const SPS = [0x67, 0x64, 0x00, 0x1f];
const PPS = [0x68, 0xee, 0x3c, 0x80];

const FIRST = 1_700_000_000_000;
const timestamps = [0, 1, 2, 3].map((index) => FIRST + index * 40);
const messages = timestamps.map((timestamp, index) => {
  const keyframe = index === 0;
  const data = keyframe ? annexB(SPS, PPS, [0x65, 0x88]) : annexB([0x41, 0x9a]);
  return encodeFrame({ kind: 'video', codec: 'h264', keyframe, width: 640, height: 360, timestamp, data });
});

function sendAll(socket: WebSocket): void {
  socket.send('hello');
  for (const message of messages) {
    socket.send(message.subarray(0, 50));
    socket.send('{"Result":"OK","Description":""}');
    socket.send(message.subarray(50));
  }
}

describe('text among frames', () => {
  it.each(['live', 'playback'] as const)('is no damage, and costs no picture: %s', async (what) => {
    const server = new WebSocketServer({ noServer: true });
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const { client } = await startOddNvr(
      {},
      {
        logger: { debug: log, info: log, warn: log, error: log },
        upgrade: (request, socket: Duplex) => {
          server.handleUpgrade(request, socket, Buffer.alloc(0), sendAll);
          return false;
        },
      },
    );
    const frames: Frame[] = [];
    const listener = { frame: (frame: Frame) => void frames.push(frame) };
    if (what === 'live') client.feed(1, 'main').subscribe(listener);
    else client.playback({ channel: 1, stream: 'main', from: FIRST }).subscribe(listener);
    await until('every picture', () => frames.length === messages.length);
    expect(frames.map(({ timestamp }) => timestamp)).toEqual(timestamps);
    expect(lines.filter((line) => line.includes('malformed'))).toEqual([]);
    const closed = [...server.clients].map((socket) => once(socket, 'close'));
    for (const socket of server.clients) socket.terminate();
    await Promise.all(closed);
  });
});
