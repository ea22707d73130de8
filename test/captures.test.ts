import { readdirSync, readFileSync } from 'node:fs';
import * as hap from '@homebridge/hap-nodejs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { API } from 'homebridge';
import { PlatformAccessory } from '../node_modules/homebridge/dist/platformAccessory.js';
import type { EverFocusAccessory } from '../src/homebridge/accessories/registry.js';
import { NvrController } from '../src/homebridge/nvr/nvr-controller.js';
import { noFfmpeg } from '../src/shared/ffmpeg/ffmpeg.js';
import { needsNothing, reads } from '../src/shared/diagnosis/capture/questions.js';
import { type Logger, Nvr, operations, type StreamName, systemClock } from '../src/shared/index.js';
import { judgeReply } from '../src/shared/wire/reply.js';
import { type Bundle, readBundle, Replay } from '../packages/simulator/src/index.js';
import { api, catcher, caught, out, tab } from './node-red/support/runtime.js';
import { credentials, helper, inbox, nvrNode, palette } from './node-red/support/palette.js';
import { until } from './support/until.js';

const folder = new URL('captures/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

/** What the driver made of an answer when it was taken: its value, or the code of the error. */
function made(bundle: Bundle, id: keyof typeof operations): unknown {
  const operation = operations[id];
  const answers = bundle.exchanges.filter(({ method, path }) => method === operation.method && path === operation.path);
  // A session that has ended is no answer: it was asked again.
  const exchange = answers.find((answer) => 'failure' in answer || answer.status !== 401) ?? answers[0];
  if (!exchange) return undefined;
  if ('failure' in exchange) return 'an error';
  if (!('text' in exchange.reply)) return 'no text';
  const { text, latin1 } = exchange.reply;
  const verdict = judgeReply(operation, {
    status: exchange.status,
    body: Buffer.from(text, latin1 ? 'latin1' : 'utf8'),
  });
  return verdict.is === 'value' ? verdict.value : 'an error';
}

const channelsOf = (bundle: Bundle) => {
  const cameras = made(bundle, 'cameraList');
  return Array.isArray(cameras) ? (cameras as { ChannelID: number; DeviceName?: string }[]) : [];
};

/** Streams that were captured, and whether frames were seen there. */
function streamsOf({ sockets }: Bundle): readonly { channel: number; stream: StreamName; shown: boolean }[] {
  const live = Map.groupBy(
    sockets.filter(({ path }) => path.startsWith('/live/')),
    ({ path }) => path,
  );
  return [...live].map(([path, tries]) => {
    const [, , channel, number] = path.split('/');
    const shown = tries.some(({ messages }) => messages.length > 0);
    return { channel: Number(channel), stream: number === '0' ? 'main' : 'sub', shown };
  });
}

/** What Homebridge shows of it. @param connects it is read as a whole; else something is said of what cannot be read */
async function accessoriesOf({ host, port }: Replay, connects: boolean): Promise<readonly string[]> {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const logger: Logger = { debug: () => undefined, info: say, warn: say, error: say };
  const kept: EverFocusAccessory[] = [];
  const controller = new NvrController({
    configuration: {
      ...{ name: 'House', host, port, username: 'any', password: 'any', https: false },
      ...{ recording: true, instant: true, faults: false, past: false, outputs: [], inputs: [], cameras: [] },
    },
    api: { hap, platformAccessory: PlatformAccessory } as unknown as API,
    ffmpeg: noFfmpeg,
    searchPlace: { interfaces: [] },
    ...{ pictures: undefined, logger, clock: systemClock, restored: kept, firstRead: () => [] },
    store: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() },
    registry: {
      has: (uuid: string) => kept.some(({ UUID }) => UUID === uuid),
      room: 149,
      add: (accessories: readonly EverFocusAccessory[]) => {
        kept.push(...accessories);
        return accessories;
      },
      remove: () => undefined,
      save: () => undefined,
    },
  });
  try {
    const due = connects ? /^connected/ : /^the NVR does not answer as expected/;
    await until(
      () => `a line like ${due}, only ${lines.join('\n')}`,
      () => lines.some((line) => due.test(line)),
    );
    return kept.map(({ displayName }) => displayName).toSorted();
  } finally {
    await controller.close();
  }
}

describe.each(files)('the recorder of test/captures/%s', (name) => {
  const file = readFileSync(new URL(name, folder));
  const bundle = readBundle(file);
  let replay: Replay;
  beforeAll(() => helper.startServer());
  afterAll(() => helper.stopServer());
  beforeEach(async () => {
    replay = await Replay.start(bundle);
  });
  afterEach(async () => {
    await helper.unload();
    await replay.stop();
  });

  it('is small, and says whether it is a real one', () => {
    expect(bundle.source).toBe(name.startsWith('simulator') ? 'simulator' : 'recorder');
    expect(file.length).toBeLessThan(bundle.source === 'simulator' ? 80_000 : 1_000_000);
  });

  it('is read by the driver as it was when the capture was taken', async () => {
    await using nvr = new Nvr({ host: replay.host, port: replay.port, ...bundle.account, feedLingerMs: 0 });
    const found: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const operation of reads().filter(needsNothing)) {
      expected[operation.id] = made(bundle, operation.id as keyof typeof operations);
      found[operation.id] = await nvr.call(operation).catch(() => 'an error');
    }
    expect(found).toEqual(expected);
    expect(Object.values(expected).filter((value) => typeof value === 'object').length).toBeGreaterThan(20);
    const { loginUri } = bundle.dialect;
    expect(nvr.dialect.loginUri).toBe(loginUri);
    expect(replay.unanswered).toEqual([]);
  });

  it('says the events that it said, and shows frames that can be decoded where it showed any', async () => {
    await using nvr = new Nvr({ host: replay.host, port: replay.port, ...bundle.account, feedLingerMs: 0 });
    let events = 0;
    nvr.events.subscribe({ message: () => (events += 1) });
    const streams = streamsOf(bundle).map(({ channel, stream, shown }) => {
      const feed = nvr.feed(channel, stream);
      const seen = { path: `${channel} ${stream}`, shown, feed, keyframes: 0, interrupted: false };
      feed.subscribe({
        frame: (frame) => void (frame.kind === 'video' && frame.keyframe && (seen.keyframes += 1)),
        interrupted: (error) => (seen.interrupted ||= error !== undefined),
      });
      return seen;
    });
    const said = bundle.sockets.find(({ path }) => path === '/meta/eventHook')?.messages.length ?? 0;
    const left = () =>
      streams
        .filter(({ shown, keyframes, interrupted }) => (shown ? keyframes < 2 : !interrupted))
        .map(({ path }) => path);
    await until(
      () => `${events} of ${said} events and streams other than ${left().join()}`,
      () => (said === 0 || events > 0) && left().length === 0,
    );
    expect(events > 0).toBe(said > 0);
    for (const { shown, keyframes, feed } of streams) {
      expect(keyframes > 0).toBe(shown);
      expect(feed.faults).toMatchObject({ truncated: 0, strayBytes: 0, unreadable: 0 });
    }
  });

  it('answers a flow, or says why not', async () => {
    const list = { ...api, operation: 'cameraList' };
    await helper.load(palette, [tab, nvrNode(replay), list, out, catcher, caught], credentials());
    const ends = [inbox('out'), inbox('caught')];
    helper.getNode('api').receive({});
    const { payload, error } = await Promise.race(ends.map((box) => box.next()));
    const cameras = made(bundle, 'cameraList');
    if (Array.isArray(cameras)) expect(payload).toEqual(cameras);
    else expect(error?.code).toMatch(/^[A-Z_]+$/);
  });

  it('has its cameras in Home, by their names', async () => {
    const names = channelsOf(bundle).map(({ DeviceName, ChannelID }) => DeviceName ?? `Camera ${ChannelID}`);
    const isTold = Array.isArray(made(bundle, 'cameraList'));
    expect(names.length > 0).toBe(isTold);
    expect(await accessoriesOf(replay, isTold)).toEqual(isTold ? ['House', ...names].toSorted() : []);
  });
});
