import { byteOrderAt, readFrameHeader } from '../../src/shared/codec/frame.js';
import { Nvr } from '../../src/shared/index.js';
import { type Bundle, capture } from '../../src/shared/internal.js';
import { type Alterations, AlteredNvr } from './altered-nvr.js';
import { BriskClock } from './brisk-clock.js';
import { type Faults, Simulator, type SimulatorOptions } from '../../packages/simulator/src/index.js';

interface Recipe {
  readonly simulator: SimulatorOptions;
  readonly faults: Partial<Faults>;
  /** Cameras whose streams are looked at. */
  readonly cameras: number;
  /** Cameras that are off line. */
  readonly offline?: readonly number[];
  /** What is answered instead of what is due. */
  readonly answers?: Alterations['answers'];
}

/** How the captures in `test/captures` that are of our own simulator are made. */
export const simulatorCaptures: Readonly<Record<string, Recipe>> = {
  'simulator-document': { simulator: { cameras: 1 }, faults: {}, cameras: 1 },
  'simulator-h265-big-endian': {
    simulator: { cameras: 1, codec: 'h265' },
    faults: {
      ...{ bigEndianFrames: true, headerCountedFrames: true, joinedFrames: true },
      ...{ rejectTalk: true, textControlOnly: true },
    },
    cameras: 1,
  },
  'simulator-text-values': {
    simulator: { cameras: 2 },
    faults: { stringReplies: true, bareReplies: true, shortLoginUri: true, implicitSession: true },
    cameras: 0,
  },
  // Its only camera is off line, it has no disk, and answers some questions by no, by a login page or not to the end.
  'simulator-faulty': {
    simulator: { cameras: 1 },
    faults: {},
    cameras: 1,
    offline: [1],
    answers: {
      'GET /device/cameraList': '{"Result":"Error","Description":"database is locked"}',
      ...{ 'GET /storage/getStorages': '[]', 'GET /storage/getDiskGroups': '[]' },
      'POST /record/getMapByMinute': '{}',
      'GET /account/userList': [403, ''],
      'GET /network/getPort': '<!DOCTYPE html><html><title>login</title></html>',
      'GET /network/getDDNS': '{"enable": tr',
    },
  },
};

/** Makes one of them, so many times faster than real time. */
export async function takeCapture(name: string, speed: number): Promise<Bundle> {
  const recipe = simulatorCaptures[name];
  if (!recipe) throw new Error(`${name} is no capture of our simulator`);
  // Where the machine has no time for all of this, none goes by.
  using clock = new BriskClock(speed);
  await using simulator = await Simulator.start({ ...recipe.simulator, clock });
  Object.assign(simulator.faults, recipe.faults);
  const [{ host }, account] = [simulator, { username: 'admin', password: 'admin123' }];
  await using nvr = new Nvr({ host, port: simulator.port, ...account, clock });
  for (const ChannelID of recipe.offline ?? []) await nvr.camera.updateCamera({ ChannelID, Enable: false });
  await using altered = recipe.answers && (await AlteredNvr.start(simulator, { answers: recipe.answers }));
  altered?.alter();
  const { port } = altered ?? simulator;
  // Something happens while the sockets are listened to.
  const happening = setInterval(() => {
    for (const state of ['active', 'inactive'] as const) simulator.throwEvent({ channel: 1, type: 'Motion', state });
    simulator.throwMeta({ channel: 1, type: 'plate', data: 'B-XY 12' });
    simulator.throwException({ exception: 'DiskError', target: 'sda' });
  }, 200);
  try {
    return await capture({
      ...{ account: { host, ...account }, by: 'homebridge-everfocus-nvr', source: 'simulator' },
      ...{ listen: 4000, patience: 20_000, cameras: recipe.cameras, clock },
      connect: (tap) => new Nvr({ host, port, ...account, tap, clock }),
    });
  } finally {
    clearInterval(happening);
  }
}

/**
 * What of a capture is the same whenever it is made: what was asked and which fields and kinds of values came back, which
 * sockets opened and what kinds of messages and frames they brought. Times, counters and random words are not in it.
 */
export function natureOf({ source, exchanges, sockets, dialect, replaced, leftOut }: Bundle): object {
  const answers = new Map<string, Set<string>>();
  const note = (what: string, seen: unknown) => {
    if (!answers.has(what)) answers.set(what, new Set());
    answers.get(what)?.add(JSON.stringify(seen));
  };
  for (const exchange of exchanges) {
    const { operation, method, path, body } = exchange;
    const what = `${operation ?? ''} ${method} ${withoutValues(path)} ${JSON.stringify(kinds(parsed(body)))}`;
    if ('failure' in exchange) note(what, exchange.failure);
    else {
      const { status, reason, headers, reply } = exchange;
      const told = 'text' in reply ? kinds(parsed(reply.text)) : reply.magic;
      note(what, [status, reason, namesOf(headers), told]);
    }
  }
  for (const { path, status, reason, headers, messages, closed } of sockets) {
    const what = `UPGRADE ${withoutValues(path)}`;
    note(what, [status, reason, namesOf(headers), closed?.code]);
    for (const { text, parts = [] } of messages) {
      if (text !== undefined) note(what, kinds(parsed(text)));
      for (const part of parts) if (typeof part === 'string') note(what, frameOf(part));
    }
  }
  return {
    ...{ source, dialect, replaced: Object.keys(replaced).sort(), leftOut: [...leftOut].sort() },
    answers: Object.fromEntries([...answers].map(([what, seen]) => [what, [...seen].sort()] as const)),
  };
}

/** Names of a query, without its values. */
function withoutValues(path: string): string {
  return path.replace(/=[^&]*/g, '');
}

function namesOf(headers: readonly (readonly [string, string])[]): readonly string[] {
  return headers.map(([name]) => name.toLowerCase()).sort();
}

function parsed(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(0, 40);
  }
}

/** Kinds of values, each of a list once. */
function kinds(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(kinds(item))))].sort().map(parsed);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, kinds(field)]));
}

/** A header of a frame, as far as it does not change with time. */
function frameOf(hex: string): object {
  const header = Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(12)]);
  const order = byteOrderAt(header, 0);
  if (!order) return { part: hex.length / 2 };
  const { type, width, height } = readFrameHeader(header, 0, order);
  return { order, type, width, height };
}
