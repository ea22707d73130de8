import { describe, expect, it } from '@jest/globals';
import { type Consumer, consumersBench } from './consumers-bench.js';

/** Simulated s for which a fault lasts: longer than heartbeat and silence limits. */
const FAULT_TIME = 40;
/** Simulated s within which everything works again after it: longer than the longest pause between two tries. */
const RECOVERY_TIME = 200;

/** `works`: as if nothing was. `waits`: nothing comes, and everything works again after. A code: it ended with that. */
type Outcome = string;
type Row = readonly [fault: string, outcomes: Readonly<Record<Exclude<Consumer, 'control'>, Outcome>>];

const fine: Row[1] = {
  ...{ read: 'works', write: 'works', hook: 'works', status: 'works' },
  ...{ feed: 'works', playback: 'works', talk: 'works' },
};

/**
 * Every fault of the simulator and what becomes of everything that uses the NVR, while it stays on, or after it happened
 * once. All time is simulated.
 */
const table: readonly Row[] = [
  ['slowReplies', fine],
  ['stalledReplies', { ...fine, read: 'NVR_TIMEOUT', write: 'OUTCOME_UNKNOWN' }],
  ['resetReplies', { ...fine, read: 'NVR_UNREACHABLE', write: 'OUTCOME_UNKNOWN' }],
  ['htmlReplies', { ...fine, read: 'INVALID_REPLY', write: 'OUTCOME_UNKNOWN' }],
  ['errorReplies', { ...fine, read: 'NVR_REFUSED', write: 'NVR_REFUSED' }],
  ['brokenReplies', { ...fine, read: 'INVALID_REPLY', write: 'OUTCOME_UNKNOWN' }],
  ['stringReplies', fine],
  ['bareReplies', fine],
  ['expireSessions', fine],
  ['silentLive', { ...fine, feed: 'waits', playback: 'waits' }],
  ['halfOpenSockets', { ...fine, hook: 'waits', status: 'waits', feed: 'waits', playback: 'waits' }],
  // A device does not change it within a connection: nothing is made of the frames, so the feed is connected anew.
  ['bigEndianFrames', { ...fine, playback: 'waits' }],
  ['headerCountedFrames', fine],
  ['joinedFrames', fine],
  ['splitFrames', fine],
  ['badMagicFrame', fine],
  ['truncatedFrame', fine],
  ['oversizedFrame', fine],
  ['unknownFrame', fine],
  ['unknownEvent', fine],
  ['badHookMessage', fine],
  ['eventStorm', fine],
  ['noticeStorm', fine],
  ['restart', { ...fine, talk: 'NVR_UNREACHABLE' }],
  ['clockJump', fine],
  ['clock of this machine', fine],
];

describe('what becomes of everything that uses the NVR', () => {
  const bench = consumersBench();

  const setFault = (fault: string, on: boolean): void => {
    if (fault === 'clock of this machine') return bench.setClock(on ? -86_400_000 : 86_400_000);
    if (fault === 'restart') return on ? void bench.simulator.restart() : undefined;
    const value: unknown = bench.simulator.faults[fault as keyof typeof bench.simulator.faults];
    if (typeof value !== 'function') {
      return void Object.assign(bench.simulator.faults, { [fault]: typeof value === 'number' ? (on ? 300 : 0) : on });
    }
    if (on) (value as (count: number) => void)(fault.endsWith('Storm') ? 10_000 : fault === 'clockJump' ? 3600 : 1);
  };

  async function outcomeOf(consumer: Consumer, fault: string): Promise<Outcome> {
    await bench.begin();
    const use = await bench.use(consumer);
    if (!(await bench.within(10, () => use.works()))) throw new Error(`${consumer} does not work without any fault`);
    const isCall = consumer === 'read' || consumer === 'write';
    setFault(fault, true);
    // What was under way arrives.
    await bench.within(1, () => false);
    use.works();
    const fresh = isCall ? await bench.use(consumer) : use;
    const works = await bench.within(FAULT_TIME, () => fresh.ended?.() !== undefined || fresh.works());
    const ended = fresh.ended?.();
    setFault(fault, false);
    const again = ended ? await bench.use(consumer) : fresh;
    if (!(await bench.within(RECOVERY_TIME, () => again.works()))) return 'never works again';
    if (ended) return ended.code ?? 'no code';
    return works ? 'works' : 'waits';
  }

  describe.each(table)('at %s', (fault, outcomes) => {
    it.each(Object.entries(outcomes) as [Consumer, Outcome][])('%s: %s', async (consumer, outcome) => {
      expect(await outcomeOf(consumer, fault)).toBe(outcome);
    });
  });

  it('is known for every fault that concerns more than one of them', () => {
    const apart =
      /^(rejectLogin|lockout|shortLoginUri|implicitSession|rejectTalk|textControlOnly|\w*Discovery|\w*Certificate|\w*Playback\w*)$/;
    const named = new Set(table.map(([fault]) => fault));
    expect(Object.keys(bench.simulator.faults).filter((fault) => !named.has(fault) && !apart.test(fault))).toEqual([]);
  });
});
