import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { parseDocuments } from '../../src/shared/wire/parse-json.js';
import { readEvents, readStatusMessage } from '../../src/shared/push/messages.js';
import { encodeFrame, type Frame } from '../../src/shared/codec/frame.js';
import { FrameReassembler } from '../../src/shared/media/frame-reassembler.js';
import { mutated, randomNumbers } from '../support/mutations.js';
import { seed } from '../support/seed.js';

const frames: readonly Frame[] = [
  {
    kind: 'video',
    codec: 'h264',
    keyframe: true,
    width: 640,
    height: 360,
    timestamp: 1_700_000_000_000,
    data: Buffer.alloc(150, 7),
  },
  {
    kind: 'video',
    codec: 'h265',
    keyframe: false,
    width: 640,
    height: 360,
    timestamp: 1_700_000_000_066,
    data: Buffer.alloc(40, 8),
  },
  { kind: 'audio', codec: 'pcmu', timestamp: 1_700_000_000_100, data: Buffer.alloc(60, 9) },
];

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** MB that buffers and objects take which somebody still holds. */
function memory(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

describe.each([
  ['little', false],
  ['big', true],
] as const)('half a million damaged messages of frames (%s-endian, header counted: %s)', (order, headerCounted) => {
  it('neither crash the reader, nor fill the memory, nor cost a frame that follows', () => {
    const random = randomNumbers(headerCounted ? seed : seed + 1);
    const wire = frames.map((frame) => encodeFrame(frame, order, headerCounted));
    const whole = (index: number) => wire[index % wire.length] ?? Buffer.alloc(0);
    const reader = new FrameReassembler();
    for (const message of wire) reader.push(message);
    const before = memory();
    for (let count = 0; count < 500_000; count += 1) {
      const damaged = mutated(whole(random(3)), wire, random);
      reader.push(damaged);
      const expected = frames[count % 3] as Frame;
      const found = reader.push(whole(count)).at(-1)?.frame;
      if (!found || found.timestamp !== expected.timestamp || !found.data.equals(expected.data)) {
        throw new Error(`message ${count} cost the frame that followed: ${damaged.toString('hex')}`);
      }
    }
    expect(memory() - before).toBeLessThan(16);
  });
});

describe('a hundred thousand damaged messages of hooks', () => {
  it('neither crash the reader nor make up what is no event', () => {
    const random = randomNumbers(seed + 2);
    const texts = [
      '{"ChannelID":1,"Type":"Motion","State":"active"}',
      '[{"ChannelID":"2","Type":"InputAlarm","State":"once"},{"ChannelID":0,"Type":"GPIO","State":"inactive"}]',
      '[{"ChannelID":1,"Online":true,"Recording":"false","Event":0}]',
      "{ChannelID: 3, 'Type': “VideoLoss”, State: 'active',}",
    ].map((text) => Buffer.from(text));
    const before = memory();
    for (let count = 0; count < 100_000; count += 1) {
      const damaged = mutated(texts[random(texts.length)] ?? Buffer.alloc(0), texts, random).toString('utf8');
      const documents = parseDocuments(damaged);
      const events = documents.flatMap((document) => readEvents(document));
      const statuses = documents.flatMap((document) => readStatusMessage(document)).flat();
      const sound =
        events.every(
          ({ channel, type, state }) =>
            Number.isInteger(channel) &&
            channel >= 0 &&
            typeof type === 'string' &&
            ['active', 'inactive', 'once'].includes(state),
        ) && statuses.every(({ channel, online = true }) => Number.isInteger(channel) && typeof online === 'boolean');
      if (!sound) throw new Error(`message ${count} was taken for what it is not: ${damaged}`);
    }
    expect(memory() - before).toBeLessThan(16);
  });
});
