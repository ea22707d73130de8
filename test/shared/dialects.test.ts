import { describe, expect, it } from '@jest/globals';
import { type Consumer, consumersBench } from './consumers-bench.js';

/** Every reading of the document's open points that the simulator can be switched to; discovery has tests of its own. */
const dialects: readonly Readonly<Record<string, true>>[] = [
  {},
  { shortLoginUri: true },
  { implicitSession: true },
  { stringReplies: true },
  { bareReplies: true },
  { bigEndianFrames: true },
  { headerCountedFrames: true },
  { joinedFrames: true },
  { splitFrames: true },
  { textControlOnly: true },
  { stopClosesPlayback: true },
  { ...{ shortLoginUri: true, implicitSession: true, stringReplies: true, bareReplies: true }, bigEndianFrames: true },
  { headerCountedFrames: true, splitFrames: true, bigEndianFrames: true, textControlOnly: true },
];

const consumers: readonly Consumer[] = ['read', 'write', 'hook', 'status', 'feed', 'playback', 'control', 'talk'];

describe('every dialect suits every part of the driver', () => {
  const bench = consumersBench();

  describe.each(dialects.map((faults) => [Object.keys(faults).join(', ') || 'none', faults] as const))(
    '%s',
    (_name, faults) => {
      it.each(consumers)('%s', async (consumer) => {
        await bench.begin(faults);
        const use = await bench.use(consumer);
        expect(await bench.within(20, () => use.ended?.() !== undefined || use.works())).toBe(true);
        expect(use.ended?.()).toBeUndefined();
        expect(await bench.within(20, () => use.works())).toBe(true);
      });
    },
  );
});
