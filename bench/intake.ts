import { EventEmitter } from 'node:events';
import { systemClock } from '../src/shared/clock.js';
import { encodeFrame } from '../src/shared/codec/frame.js';
import { LimitCounters } from '../src/shared/limit-counters.js';
import { Recovery } from '../src/shared/link/recovery.js';
import type { SocketHandlers } from '../src/shared/link/socket-connector.js';
import { silentLogger } from '../src/shared/logger.js';
import { LiveFeed } from '../src/shared/media/live-feed.js';
import type { Row } from './report.js';

/** Of a camera, in the seconds that are taken in. */
const SECONDS = 10;
const FPS = 15;
const KEYFRAME_INTERVAL = 2;
/** Of sound, 40 ms each. */
const SOUNDS = 25;
/** A keyframe has so many times the bytes of a picture between. */
const KEYFRAME_SIZE = 5;
/** What the code is warmed up with. */
const WARM_UP = 20;

interface Kind {
  readonly what: string;
  readonly messages: readonly Buffer[];
}

/**
 * What the driver does with each frame of a live feed before anybody has done anything with it: the frame found in its
 * message, its NAL units found, its group of pictures kept, and a listener told. In this process, without a network. The
 * floor copies the same bytes once.
 */
export function intake(rounds: number): Promise<Row[]> {
  const cameras = [
    { name: '720p, 2 Mbit/s', width: 1280, height: 720, bitrate: 2_000_000 },
    { name: '1080p, 4 Mbit/s', width: 1920, height: 1080, bitrate: 4_000_000 },
  ];
  const kinds: Kind[] = [
    ...cameras.map((camera) => ({ what: `a picture of ${camera.name}`, messages: pictures(camera) })),
    { what: '40 ms of sound', messages: sounds() },
  ];
  return Promise.resolve(kinds.map((kind) => row(kind, rounds)));
}

function row({ what, messages }: Kind, rounds: number): Row {
  const { feed, take } = openFeed();
  const copy = (message: Buffer) => void Buffer.from(message);
  for (let round = 0; round < WARM_UP; round += 1) for (const work of [take, copy]) each(messages, work);
  const times = { take: [] as number[], copy: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    times.take.push(each(messages, take));
    times.copy.push(each(messages, copy));
  }
  feed.close();
  return {
    what: `taking in ${what}`,
    unit: 'µs',
    ours: times.take,
    beside: [{ what: 'its bytes copied once', values: times.copy }],
  };
}

/** µs for each message. */
function each(messages: readonly Buffer[], work: (message: Buffer) => void): number {
  const begin = performance.now();
  for (const message of messages) work(message);
  return ((performance.now() - begin) / messages.length) * 1000;
}

/** A feed with one listener; what it returns is a message of its NVR. */
function openFeed(): { feed: LiveFeed; take: (message: Buffer) => void } {
  let handlers: SocketHandlers | undefined;
  const nothing = () => undefined;
  const feed = new LiveFeed(
    1,
    'main',
    {
      clock: systemClock,
      logger: silentLogger,
      limits: new LimitCounters(silentLogger),
      random: Math.random,
      recovery: new Recovery(),
      probe: () => Promise.resolve(),
      connect: (_path, given) => {
        handlers = given;
        const socket = { ping: nothing, send: nothing, terminate: nothing, pause: nothing, resume: nothing };
        given.opened(Object.assign(new EventEmitter(), socket));
        return Promise.resolve();
      },
    },
    0,
  );
  feed.subscribe({ frame: nothing });
  return { feed, take: (message) => handlers?.message(message, true) };
}

function pictures({ width, height, bitrate }: { width: number; height: number; bitrate: number }): Buffer[] {
  const interval = FPS * KEYFRAME_INTERVAL;
  const size = ((bitrate / 8) * KEYFRAME_INTERVAL) / (interval - 1 + KEYFRAME_SIZE);
  return Array.from({ length: SECONDS * FPS }, (_, number) => {
    const keyframe = number % interval === 0;
    const slice = nal(keyframe ? 0x65 : 0x41, Math.round(keyframe ? size * KEYFRAME_SIZE : size));
    const data = keyframe ? Buffer.concat([nal(0x67, 20), nal(0x68, 6), slice]) : slice;
    const timestamp = 1_700_000_000_000 + Math.round((number * 1000) / FPS);
    return encodeFrame({ kind: 'video', codec: 'h264', keyframe, width, height, timestamp, data });
  });
}

function sounds(): Buffer[] {
  return Array.from({ length: SECONDS * SOUNDS }, (_, number) =>
    encodeFrame({
      kind: 'audio',
      codec: 'pcmu',
      timestamp: 1_700_000_000_000 + number * 40,
      data: Buffer.alloc(320, 0xff),
    }),
  );
}

/** A NAL unit whose bytes look random, without start codes in them. */
function nal(header: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = size | 1;
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = (state >>> 24) | 1;
  }
  bytes.set([0, 0, 0, 1, header]);
  return bytes;
}
