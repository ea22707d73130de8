/**
 * A process of its own (with `--expose-gc`) in which an NVR sends hostile frames to a live feed. It prints what the worst
 * of them cost, for hostile-frames.test.ts to judge.
 */
import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { ManualClock } from '../../src/shared/clock.js';
import { encodeFrame, FRAME_HEADER_LENGTH, FRAME_MAGIC, type VideoFrame } from '../../src/shared/codec/frame.js';
import { nalUnitsOf } from '../../src/shared/codec/index.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';
import { limits } from '../../src/shared/limits.js';
import type { SocketHandlers } from '../../src/shared/link/socket-connector.js';
import { Recovery } from '../../src/shared/link/recovery.js';
import { silentLogger } from '../../src/shared/logger.js';
import { LiveFeed } from '../../src/shared/media/live-feed.js';
import { seed } from '../support/seed.js';
import { work } from '../support/work.js';

export interface Worst {
  readonly sequence: string;
  /** ms of the thread's work on one message. */
  readonly time: number;
  /** MB that are still held when all have come, beyond what was held before. */
  readonly memory: number;
  /** What was thrown; or what the good picture after them met with. */
  readonly problem?: string;
}

const MB = 1e6;
/** Bytes of one sequence. */
const TOTAL = 32 * MB;
/** Messages of one sequence: so that a run takes seconds. */
const MAX_MESSAGES = 20_000;
/** Bytes that a socket reads at a time: small messages are views into them. */
const CHUNK = 65_536;

/** What one hostile sequence is made of. */
interface Shape {
  readonly fill: keyof typeof fills;
  /** Bytes of a payload. */
  readonly size: number;
  readonly type: number;
  readonly dataLength: 'honest' | 'longer' | 'shorter' | 'absurd';
  readonly magic: boolean;
  readonly lead: 'none' | 'keyframe' | 'sets';
  /** Frames in one message. */
  readonly joined: number;
  /** Bytes of one message; whole frames where it is 0. */
  readonly piece: number;
  readonly timeStep: number;
}

const repeated = (pattern: readonly number[]) => (size: number) => Buffer.alloc(size, Buffer.from(pattern));
const magic = Buffer.alloc(4);
magic.writeUInt32LE(FRAME_MAGIC);
const emptyHeader = Buffer.concat([magic, Buffer.alloc(FRAME_HEADER_LENGTH - 4)]);

const fills = {
  zeros: repeated([0]),
  ones: repeated([1]),
  'first byte of the magic': repeated([0x15]),
  'every other byte zero': repeated([0, 0x55]),
  'almost start codes': repeated([0, 0, 2]),
  slices: repeated([0, 0, 1, 0x41, 0x9a]),
  'empty NAL units': repeated([0, 0, 1]),
  'parameter sets': repeated([0, 0, 1, 0x68, 0xee, 0x3c]),
  'different parameter sets': (size: number) => {
    const bytes = repeated([0, 0, 1, 0x68, 0, 0xff])(size);
    for (let at = 4; at < size; at += 6) bytes[at] = at % 251 || 1;
    return bytes;
  },
  'SEI only': repeated([0, 0, 1, 0x06, 0x05]),
  magics: repeated([...magic]),
  'empty frames': repeated([...emptyHeader]),
  text: repeated([...Buffer.from('{"Result":"Error"}')]),
  'one slice': (size: number) => Buffer.concat([Buffer.from([0, 0, 0, 1, 0x41, 0x9a]), Buffer.alloc(size, 0x55)]),
  'a slice at the end': (size: number) =>
    Buffer.concat([Buffer.alloc(size, 0x55), Buffer.from([0, 0, 0, 1, 0x65, 0x88])]),
};

const sequence: fc.Arbitrary<Shape> = fc.record({
  fill: fc.constantFrom(...(Object.keys(fills) as (keyof typeof fills)[])),
  // From nothing to the largest frame, each order of magnitude alike.
  size: fc.double({ min: 0, max: Math.log2(8_380_000), noNaN: true }).map((power) => Math.floor(2 ** power)),
  type: fc.oneof(fc.constantFrom(6, 7, 7, 8, 9, 0x10), fc.nat(65_535)),
  dataLength: fc.constantFrom('honest', 'honest', 'honest', 'longer', 'shorter', 'absurd'),
  magic: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  lead: fc.constantFrom('none', 'keyframe', 'keyframe', 'sets'),
  joined: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 100_000 })),
  piece: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 1, max: 3000 })),
  timeStep: fc.constantFrom(0, 40, -40, 86_400_000 * 365),
});

const annexB = (...nals: number[][]) => Buffer.concat(nals.map((nal) => Buffer.from([0, 0, 0, 1, ...nal])));
const good: VideoFrame = {
  kind: 'video',
  codec: 'h264',
  keyframe: true,
  width: 640,
  height: 360,
  timestamp: 1_700_000_000_000,
  data: annexB([0x67, 0x64, 0, 0x1f], [0x68, 0xee, 0x3c, 0x80], [0x65, 0x88, 0x84]),
};

function frameOf({ size, type, dataLength, magic: whole, timeStep }: Shape, data: Buffer, index: number): Buffer {
  const bytes = encodeFrame({ ...good, data, timestamp: Math.max(0, good.timestamp + index * timeStep) % 4e12 });
  bytes.writeUInt16LE(type, 8);
  const lengths = { honest: data.length, longer: data.length + 40, shorter: data.length >> 1, absurd: 2 ** 31 };
  bytes.writeUInt32LE(lengths[dataLength], 4);
  if (!whole) bytes.writeUInt32LE(size, 0);
  return bytes;
}

/** The messages, small ones as views into what a socket reads at a time, like those of ws. */
function* messages(shape: Shape): Generator<Buffer> {
  const payload = fills[shape.fill](shape.size);
  if (shape.lead === 'keyframe') yield encodeFrame(good);
  if (shape.lead === 'sets') yield encodeFrame({ ...good, data: good.data.subarray(0, 16) });
  let bytes = 0;
  for (let count = 0; count < MAX_MESSAGES && bytes < TOTAL;) {
    const frame = frameOf(shape, payload, count);
    const room = Math.max(1, Math.floor(limits.socket.frames / frame.length));
    const whole =
      shape.joined === 1 ? frame : Buffer.concat(new Array<Buffer>(Math.min(shape.joined, room)).fill(frame));
    for (let at = 0; at < whole.length && count < MAX_MESSAGES; count += 1) {
      const message = whole.subarray(at, at + (shape.piece || whole.length));
      at += message.length;
      bytes += message.length;
      if (message.length >= CHUNK) yield message;
      else {
        const chunk = Buffer.allocUnsafeSlow(CHUNK);
        message.copy(chunk);
        yield chunk.subarray(0, message.length);
      }
    }
  }
}

function memory(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / MB;
}

async function tried(shape: Shape): Promise<Worst> {
  const before = memory();
  let handlers: SocketHandlers | undefined;
  const nothing = () => undefined;
  const feed = new LiveFeed(
    1,
    'sub',
    {
      clock: new ManualClock(),
      logger: silentLogger,
      limits: new LimitCounters(silentLogger),
      random: () => 0,
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
  // A viewer that looks at the NAL units, one that wants all, and readers that never read.
  const seen = new Set<number>();
  feed.subscribe({
    frame: (frame) => {
      if (frame.kind !== 'video') return;
      seen.add([...nalUnitsOf(frame)].length);
    },
  });
  feed.subscribe({ frame: nothing }, { all: true });
  const [latest, queued] = [feed.frames(), feed.frames({ queue: 100_000, all: true })];
  await new Promise(setImmediate);
  let time = 0;
  let problem: string | undefined;
  const after = { ...good, timestamp: good.timestamp + 777 };
  try {
    for (const message of messages(shape)) {
      const start = work();
      handlers?.message(message, true);
      time = Math.max(time, work() - start);
    }
    const held = memory() - before;
    handlers?.message(encodeFrame(after), true);
    if (feed.latestKeyframe?.timestamp !== after.timestamp) problem = 'the good picture after them was lost';
    feed.close();
    await Promise.allSettled([latest.return(), queued.return()]);
    return { sequence: JSON.stringify(shape), time, memory: held, ...(problem && { problem }) };
  } catch (error) {
    return { sequence: JSON.stringify(shape), time, memory: 0, problem: String(error) };
  }
}

const plain: Shape = {
  ...({ fill: 'one slice', size: 100, type: 7, dataLength: 'honest', magic: true } as const),
  ...({ lead: 'keyframe', joined: 1, piece: 0, timeStep: 40 } as const),
};
const large = { ...plain, size: 8_000_000 };
/** Each did harm once. */
const known: readonly Shape[] = [
  plain,
  { ...plain, type: 0x10 },
  { ...large, piece: 1 },
  { ...large, fill: 'slices' },
  { ...large, fill: 'empty NAL units' },
  { ...large, fill: 'different parameter sets', type: 6 },
  { ...large, fill: 'a slice at the end', type: 6 },
  { ...plain, fill: 'slices', size: 4000 },
  { ...plain, size: 1, joined: 100_000 },
  { ...plain, fill: 'SEI only', size: 6, joined: 100_000 },
  { ...large, fill: 'first byte of the magic', magic: false },
  { ...plain, type: 99 },
];
const [runs = '8'] = process.argv.slice(2);
// What the first one finds not yet compiled would count for it.
await tried({ ...plain, fill: 'slices', size: 1000 });
const worst: Worst[] = [];
for (const shape of [...known, ...fc.sample(sequence, { numRuns: Number(runs), seed })]) {
  const first = await tried(shape);
  // A collection of garbage that falls into a message is no fault of its own: what blocks does so again.
  worst.push(first.time > 100 ? { ...first, time: Math.min(first.time, (await tried(shape)).time) } : first);
}
process.stdout.write(JSON.stringify({ seed, worst }));
