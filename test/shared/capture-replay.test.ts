import { describe, expect, it } from '@jest/globals';
import { type Clock, diagnose, Nvr, operations, systemClock } from '../../src/shared/index.js';
import { capture } from '../../src/shared/internal.js';
import { reads, needsNothing } from '../../src/shared/diagnosis/capture/questions.js';
import { type Faults, readBundle, Replay, Simulator } from '../../packages/simulator/src/index.js';

const FASTER = 10;
const [started, begun] = [systemClock.wall(), systemClock.now()];
const account = { username: 'admin', password: 'admin123' };

/** Time of recorders: keyframes come ten times as often. */
const fast: Clock = {
  now: () => systemClock.now() * FASTER,
  worked: () => systemClock.worked() * FASTER,
  wall: () => started + (systemClock.now() - begun) * FASTER,
  after: (ms, action) => systemClock.after(ms / FASTER, action),
};

/** Captures a simulator, and replays what a file would hold. */
async function replayed(simulator: Simulator) {
  const { host, port } = simulator;
  const bundle = await capture({
    account: { host, ...account },
    by: 'test',
    source: 'simulator',
    connect: (tap) => new Nvr({ host, port, ...account, tap }),
    listen: 300,
    cameras: 1,
  });
  return { bundle, replay: await Replay.start(readBundle(Buffer.from(JSON.stringify(bundle)))) };
}

/** Values by their kinds, as what stands for a secret is another text. */
function kinds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(kinds);
  if (Buffer.isBuffer(value)) return `bytes`;
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' ? value : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, kinds(field)]));
}

/** What the driver makes of a recorder: a diagnosis, what every simple read comes to, and what it logs of the dialect. */
async function seen({ host, port }: { readonly host: string; readonly port: number }, user = account) {
  const lines: string[] = [];
  const note = (line: string) => void lines.push(line);
  const logger = { debug: note, info: note, warn: note, error: note };
  await using nvr = new Nvr({ host, port, ...user, logger, feedLingerMs: 0 });
  const { checks, dialect } = await diagnose(nvr);
  const answers: Record<string, unknown> = {};
  for (const operation of reads().filter(needsNothing)) {
    answers[operation.id] = kinds(
      await nvr.call(operation).catch((error: unknown) => (error as { code?: string }).code),
    );
  }
  const cameras = await nvr.call(operations.cameraList).catch(() => []);
  const found = checks.map(({ name, passed, finding, code }) => ({
    name,
    passed,
    code,
    ...(name !== 'clock' && passed && { finding }),
  }));
  return {
    found,
    dialect,
    answers,
    channels: cameras.map(({ ChannelID }) => ChannelID),
    drift: lines.filter((line) => /differs/.test(line)),
  };
}

const dialects: Readonly<Record<string, Partial<Faults>>> = {
  'as the document has it': {},
  'with the other digest, no cookies, and frames the other way round': {
    shortLoginUri: true,
    implicitSession: true,
    bigEndianFrames: true,
    headerCountedFrames: true,
  },
  'with numbers as text, bare lists, joined frames': { stringReplies: true, bareReplies: true, joinedFrames: true },
  'that answers errors only': { errorReplies: true },
  'that answers web pages only': { htmlReplies: true },
};

describe('a capture that is replayed', () => {
  it.each(Object.entries(dialects))('shows the driver the same recorder: one %s', async (_, faults) => {
    await using simulator = await Simulator.start({ cameras: 2, clock: fast });
    Object.assign(simulator.faults, faults);
    const original = await seen(simulator);
    const { bundle, replay } = await replayed(simulator);
    try {
      expect(await seen(replay, bundle.account)).toEqual(original);
      expect(replay.unanswered).toEqual([]);
    } finally {
      await replay.stop();
    }
  });

  /** What becomes of a playback, its commands and a talk. */
  async function heard({ host, port }: Simulator | Replay, second: number, user = account) {
    await using nvr = new Nvr({ host, port, ...user, feedLingerMs: 0 });
    const told = { playbackControl: '', kinds: new Set<string>(), talk: 'open' };
    await using playback = nvr.playback({ channel: 1, stream: 'main', from: second * 1000 });
    let keyframes = 0;
    for await (const frame of playback.frames()) {
      told.kinds.add(`${frame.kind} ${frame.codec}`);
      if (frame.kind === 'video' && frame.keyframe && (keyframes += 1) > 1) break;
    }
    await playback.pause();
    told.playbackControl = nvr.dialect.playbackControl ?? 'http';
    try {
      await using talk = await nvr.talk(1);
      await talk.write(Buffer.alloc(8000, 0xff));
      await talk.flush();
    } catch (error) {
      told.talk = (error as { code: string }).code;
    }
    return told;
  }

  it.each<[string, Partial<Faults>]>([
    ['as the document has it', {}],
    ['without a loudspeaker', { rejectTalk: true }],
    ['that takes commands as text only', { textControlOnly: true, splitFrames: true }],
  ])('plays and listens as the recorder did: one %s', async (_, faults) => {
    await using simulator = await Simulator.start({ cameras: 1, clock: fast });
    Object.assign(simulator.faults, faults);
    const { bundle, replay: served } = await replayed(simulator);
    await using replay = served;
    const [playback] = bundle.sockets.filter(({ path }) => path.startsWith('/playback/1/0?'));
    expect(playback).toMatchObject({ status: 101 });
    expect(playback?.messages.length).toBeGreaterThan(2);
    expect(playback?.messages.every(({ parts, base64 }) => parts && !base64)).toBe(true);
    expect(playback?.closed).toBeUndefined();
    expect(bundle.exchanges.some(({ operation }) => operation === 'playbackControl')).toBe(true);
    const [talk] = bundle.sockets.filter(({ path }) => path === '/audioBackchannel?ChannelID=1');
    expect(talk).toMatchObject({ status: 101, messages: [] });
    expect(talk?.closed !== undefined).toBe(faults.rejectTalk === true);
    expect(bundle.dialect.playbackControl).toBe(faults.textControlOnly ? 'text' : 'http');
    // Nothing was said.
    expect(simulator.talk(1).audio).toHaveLength(0);
    const second = Number(new URL(playback?.path ?? '', 'http://nvr').searchParams.get('time'));
    expect(await heard(replay, second, bundle.account)).toEqual(await heard(simulator, second));
    expect(replay.unanswered).toEqual([]);
  });
});
