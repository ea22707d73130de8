import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Patience, SaidFinding } from '../../src/doctor/finding.js';
import { examinePlayback, gapsIn } from '../../src/doctor/media.js';
import { examineRights } from '../../src/doctor/rights.js';
import { type Clock, Nvr } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { BriskClock } from '../support/brisk-clock.js';

const { signal } = new AbortController();
const told = ({ verdict, finding }: SaidFinding) => `${verdict}: ${finding}`;

describe('gaps in a day of recordings', () => {
  const MINUTE = 60_000;
  const at = (from: number, to: number) => ({
    ...{ channel: 1, from: new Date(from * MINUTE), to: new Date(to * MINUTE) },
  });

  it.each([
    ['none', [at(0, 100)], 0],
    ['none where two meet, or overlap', [at(0, 50), at(50, 80), at(70, 100)], 0],
    ['none within the minute that is not over', [at(0.5, 99.5)], 0],
    ['one between two', [at(0, 40), at(50, 100)], 1],
    ['the beginning', [at(30, 100)], 1],
    ['the end', [at(0, 90)], 1],
    ['beginning, middle and end', [at(1, 40), at(50, 99)], 3],
    ['all of it', [], 1],
  ])('are counted: %s', (_, recorded, gaps) => {
    expect(gapsIn(recorded, 1, 0, 100 * MINUTE)).toBe(gaps);
  });
});

describe('doctor', () => {
  let simulator: Simulator;
  const clocks: BriskClock[] = [];
  const brisk = (wall?: number) => {
    const clock = new BriskClock(4, wall);
    clocks.push(clock);
    return clock;
  };
  const account = (username = 'admin', password = 'admin123') => {
    const { host, port } = simulator;
    return { host, port, username, password };
  };
  beforeAll(async () => {
    simulator = await Simulator.start({ cameras: 1 });
  });
  afterAll(async () => {
    await simulator.stop();
    for (const clock of clocks) clock[Symbol.dispose]();
  });

  const playbackBy = async (clock: Clock, { host, port } = simulator) => {
    await using nvr = new Nvr({ ...account(), host, port, clock });
    const patience: Patience = { clock, signal, patience: 20_000, watch: 700 };
    return told(await examinePlayback(nvr, 1, patience));
  };

  it('counts the gaps of the last day', async () => {
    expect(await playbackBy(brisk())).toMatch(/^good: plays; recorded until .*, \d gaps in 24 h$/);
  });

  it('looks at the day of the NVR, whatever our clock says', async () => {
    // The simulator's gaps are the first 10 minutes of every 3 hours.
    const noGap = Date.UTC(2026, 9, 10, 1, 30);
    await using other = await Simulator.start({ cameras: 1, clock: brisk(noGap) });
    for (const minutes of [0, 40, 120, -40]) {
      const told = await playbackBy(brisk(noGap + minutes * 60_000), other);
      expect([minutes, told]).toEqual([
        minutes,
        expect.stringMatching(/^good: plays; recorded until .*, 8 gaps in 24 h$/),
      ]);
    }
  });

  it('warns where the newest recording is old', async () => {
    await using nvr = new Nvr(account());
    await nvr.time.setTime({ time: Date.now() + 2 * 3_600_000 });
    expect(await playbackBy(brisk())).toMatch(/^warning: plays; nothing was recorded since /);
    await nvr.time.setTime({ time: Date.now() });
  });

  describe('of the rights of a user', () => {
    const guard = ['guard', 'Guard-1234'] as const;
    const rights = async (nvr: Nvr, username: string) => told(await examineRights(nvr, username, signal));
    beforeAll(async () => {
      await using nvr = new Nvr(account());
      const [user] = await nvr.account.getUser({ userID: 2 });
      if (!user) throw new Error('there is no second account');
      const [username, password] = guard;
      await nvr.account.setUser({ userID: 2, body: [{ ...user, active: true, username, password }] });
    });

    it('says which are lacking, or that none is, as far as the NVR lists him', async () => {
      await using nvr = new Nvr(account());
      expect(await rights(nvr, 'admin')).toBe('good: nothing is forbidden to this user');
      expect(await rights(nvr, 'guard')).toBe('warning: this user lacks settings, restart and backup, disks');
      expect(await rights(nvr, 'nobody')).toBe('warning: the NVR does not list this user');
    });

    it('says that a plain user cannot read them', async () => {
      await using nvr = new Nvr(account(...guard));
      expect(await rights(nvr, 'guard')).toBe('good: a plain user: only an administrator may read them');
    });
  });
});
