import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Simulator } from '../../packages/simulator/src/index.js';
import {
  type Clip,
  type ClipConfig,
  clipSettings,
  EventClips,
  fileName,
  type Over,
} from '../../src/node-red/nodes/camera-event/clips.js';
import { ManualClock, Nvr } from '../../src/shared/index.js';
import { limits } from '../../src/shared/internal.js';
import { boxes, trackRuns } from '../support/mp4.js';
import { until } from '../support/until.js';

/** By the clock of the NVR, and by ours, which is years off. */
const NVR_NOW = Date.UTC(2024, 4, 15, 4);
const NOW = Date.UTC(2026, 10, 27, 14, 0, 0);
/** s ago, by our clock */
const ago = (seconds: number) => new Date(NOW - seconds * 1000);

/** s of video. */
function lengthOf(mp4: Buffer): number {
  const all = boxes(mp4);
  const runs = all.flatMap(({ type, begin }, index) =>
    type === 'moof' ? trackRuns(mp4.subarray(begin, all[index + 1]?.end)).filter(({ track }) => track === 1) : [],
  );
  const ticks = runs.flatMap(({ samples }) => samples).reduce((sum, { duration }) => sum + duration, 0);
  const pictures = runs.flatMap(({ samples }) => samples).length;
  expect(ticks).toBeGreaterThan(0);
  return pictures / 15;
}

describe('clips of what is over', () => {
  let simulator: Simulator;
  let client: Nvr;
  let clock: ManualClock;
  let closing: AbortController;
  let taken: [Over, Clip][];
  let failed: [Over, { code?: string }][];

  beforeEach(async () => {
    simulator = await Simulator.start({ cameras: 2, clock: new ManualClock(NVR_NOW) });
    client = new Nvr({ host: '127.0.0.1', port: simulator.port, username: 'admin', password: 'admin123' });
    clock = new ManualClock(NOW);
    closing = new AbortController();
    [taken, failed] = [[], []];
  });
  afterEach(async () => {
    closing.abort();
    expect(clock.pending).toBe(0);
    await client.close();
    await simulator.stop();
  });

  const clips = (folder?: string, around = 5000, of: Pick<Nvr, 'call'> = client) =>
    new EventClips({
      ...{ client: of as Nvr, site: 'House', clock, signal: closing.signal, folder, around },
      ready: (over, clip) => void taken.push([over, clip]),
      failed: (over, error) => void failed.push([over, error as { code?: string }]),
    });
  const some = (count: number) => until(`${count} clips`, () => taken.length + failed.length >= count);

  it('are made of as many kinds as can be, and those that are left out are counted', () => {
    const made = clips();
    const { happenings } = limits.flow;
    for (let kind = 0; kind < happenings + 3; kind += 1) made.begun(1, `kind ${kind}`, ago(10));
    expect(client.limits.hits).toMatchObject([{ limit: 'flow.happenings', count: 3 }]);
  });

  it('are the recording with some seconds around it, by whichever clock the NVR has', async () => {
    const made = clips();
    made.begun(2, 'motion', ago(580));
    made.ended(2, 'Gate', 'motion', ago(560));
    clock.advance(7999);
    expect(simulator.requests).toEqual([]);
    clock.advance(1);
    await some(1);
    expect(failed).toEqual([]);
    const [[over, clip] = []] = taken;
    expect(over).toEqual({ channel: 2, camera: 'Gate', kind: 'motion', begin: ago(580), end: ago(560) });
    const length = lengthOf(clip && 'mp4' in clip ? clip.mp4 : Buffer.alloc(0));
    // Whole seconds of the NVR that the range touches.
    expect(length).toBeGreaterThanOrEqual(30);
    expect(length).toBeLessThanOrEqual(31.1);
  });

  it('go to files of their own, whose folder is made', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'event-clips-'));
    const folder = join(root.path, 'a/b');
    const made = clips(folder, 0);
    made.begun(1, 'motion', ago(100));
    made.ended(1, '../Gate', 'motion', ago(90));
    clock.advance(3000);
    await some(1);
    const [name = '', ...others] = await readdir(folder);
    expect(others).toEqual([]);
    expect(name).toMatch(/^2026-11-27_\d\d-\d\d-\d\d_House_1--Gate_motion\.mp4$/);
    expect(taken[0]?.[1]).toEqual({ path: join(folder, name) });
    expect((await readFile(join(folder, name))).toString('latin1', 4, 8)).toBe('ftyp');
  });

  it('become longer by what begins again at the same camera, up to ten minutes', async () => {
    const made = clips(undefined, 0);
    made.begun(1, 'motion', ago(1500));
    made.ended(1, 'Gate', 'motion', ago(1490));
    clock.advance(2000);
    made.begun(1, 'motion', ago(1488));
    made.ended(1, 'Gate', 'motion', ago(1480));
    clock.advance(2000);
    // That is too long after it: another clip.
    made.begun(1, 'motion', ago(100));
    made.ended(1, 'Gate', 'motion', ago(90));
    clock.advance(3000);
    await some(2);
    expect(failed).toEqual([]);
    expect(taken.map(([{ begin, end }]) => [begin, end])).toEqual([
      [ago(1500), ago(1480)],
      [ago(100), ago(90)],
    ]);
  });

  it('are none of what never began', () => {
    clips().ended(1, 'Gate', 'motion', ago(1));
    expect(clock.pending).toBe(0);
  });

  it('fail with a code where nothing is recorded, and the next is taken', async () => {
    const made = clips(undefined, 0);
    made.begun(1, 'motion', new Date(NOW - 40 * 86_400_000));
    made.ended(1, 'Gate', 'motion', new Date(NOW - 40 * 86_400_000 + 5000));
    made.begun(1, 'input', ago(100));
    made.ended(1, 'Gate', 'input', ago(99));
    clock.advance(3000);
    await some(2);
    expect(failed).toMatchObject([[{ kind: 'motion' }, { code: 'NVR_REFUSED' }]]);
    expect(taken).toMatchObject([[{ kind: 'input' }, {}]]);
  });

  it('wait in a row of bounded length, and end with the node', async () => {
    const asked: AbortSignal[] = [];
    // Never answers, as an NVR does that is stuck.
    const stuck = {
      call: (_: unknown, _params: unknown, { signal }: { signal: AbortSignal }) => {
        asked.push(signal);
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('closed'))));
      },
    } as unknown as Pick<Nvr, 'call'>;
    const made = clips(undefined, 0, stuck);
    for (let channel = 1; channel <= 22; channel++) {
      made.begun(channel, 'motion', ago(10));
      made.ended(channel, 'Gate', 'motion', ago(5));
    }
    clock.advance(3000);
    await until('one to be asked for', () => asked.length > 0);
    expect(asked).toHaveLength(1);
    expect(failed.map(([, { code }]) => code)).toEqual(['BUSY', 'BUSY']);
    made.begun(1, 'motion', ago(1));
    made.ended(1, 'Gate', 'motion', ago(0));
    closing.abort();
    expect(clock.pending).toBe(0);
    expect(taken).toEqual([]);
  });
});

describe('settings of clips', () => {
  it.each<[string, ClipConfig, object | undefined]>([
    ['none', {}, undefined],
    ['none, by an empty choice', { clip: '', folder: 'x' }, undefined],
    ['in memory', { clip: 'buffer', folder: 'x' }, { folder: undefined, around: 5000 }],
    ['files', { clip: 'file', folder: ' /clips ', clipAround: '0' }, { folder: '/clips', around: 0 }],
    ['around by number', { clip: 'buffer', clipAround: 12.5 }, { folder: undefined, around: 12_500 }],
  ])('%s', (_, config, settings) => {
    expect(clipSettings(config)).toEqual(settings);
  });

  it.each([
    ['clip', { clip: 'tape' }],
    ['folder', { clip: 'file' }],
    ['clipAround', { clip: 'buffer', clipAround: 'long' }],
    ['clipAround', { clip: 'buffer', clipAround: 61 }],
  ])('%s that is no use is named', (path, config) => {
    expect(() => clipSettings(config as ClipConfig)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER', path }),
    );
  });

  it('names files by letters and figures only, whatever the camera is called', () => {
    const begin = new Date(2026, 0, 2, 3, 4, 5);
    const of = { site: 'House/1', channel: 2, camera: '../../etc/Tür 1\0', kind: 'motion', begin };
    expect(fileName(of, 'mp4')).toBe('2026-01-02_03-04-05_House-1_2--etc-Tür-1-_motion.mp4');
    const long = { ...of, site: '大門'.repeat(100), camera: '𐐀'.repeat(100), kind: 'é'.repeat(100) };
    // A draft has 14 bytes more; a disk takes 255.
    expect(Buffer.byteLength(fileName(long, 'jpg'))).toBeLessThanOrEqual(241);
  });
});
