import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { findFfmpeg } from '../src/shared/ffmpeg/index.js';
import { silentLogger } from '../src/shared/index.js';
import { bridge } from './bridge.js';
import { events } from './events.js';
import { intake } from './intake.js';
import { liveStart } from './live-start.js';
import { nodeRedIdle } from './node-red-idle.js';
import { recording } from './recording.js';
import { type Row, table } from './report.js';
import { CAMERAS, makeRig, type Rig } from './rig.js';
import { sizes } from './sizes.js';
import { snapshots } from './snapshots.js';
import { streamingLoad } from './streaming-load.js';
import { talk } from './talk.js';
import { tiles } from './tiles.js';
import { transcoding } from './transcoding.js';

type Section = (rounds: number) => Promise<Row[]>;

let rig: Promise<Rig> | undefined;
/** Of those that can share one house. */
const inRig = (section: (rig: Rig, rounds: number) => Promise<Row[]>): Section => {
  return async (rounds) => section(await (rig ??= makeRig()), rounds);
};

/** Those that share a house first: it is gone before the others build theirs. */
const sections: Readonly<Record<string, Section>> = {
  live: inRig(liveStart),
  events: inRig(events),
  snapshots: inRig(snapshots),
  talk: inRig(talk),
  tiles,
  'streaming-load': (rounds) => streamingLoad(rounds, streams),
  transcoding,
  recording,
  intake,
  sizes,
  'node-red-idle': nodeRedIdle,
};
/** Not one of those that a run without names measures: it has figures of its own, docs/scale.md. */
const BRIDGE = 'bridge';
const SHARING = ['live', 'events', 'snapshots', 'talk'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '20' },
    recorders: { type: 'string', default: '1,10,100' },
    streams: { type: 'string', default: '1,4,8' },
    help: { type: 'boolean', short: 'h' },
  },
});
const rounds = Number(values.rounds);
const streams = values.streams.split(',').map(Number);
const wanted = positionals.length > 0 ? positionals : Object.keys(sections);
const isCount = (count: number) => Number.isInteger(count) && count >= 1 && count <= CAMERAS;
if (
  values.help ||
  !(rounds >= 1) ||
  !streams.every(isCount) ||
  wanted.some((name) => name !== BRIDGE && !Object.hasOwn(sections, name))
) {
  print(`npm run bench -- [${Object.keys(sections).join('] [')}] [--rounds 20]`);
  print('npm run bench -- streaming-load [--rounds 3] [--streams 1,4,8]');
  print('npm run bench -- bridge [--recorders 1,10,100]');
  process.exit(values.help ? 0 : 2);
}

const [processor] = cpus();
const ffmpeg = await findFfmpeg({ logger: silentLogger });
print(`Node ${process.version}, ffmpeg ${ffmpeg.version}, ${cpus().length} × ${processor?.model ?? 'unknown'}`);
print('Simulator, Homebridge, controller and floors share this machine. Medians, with smallest and largest.\n');
const rows: Row[] = [];
try {
  for (const name of Object.keys(sections).filter((name) => wanted.includes(name))) {
    if (!SHARING.includes(name)) await leaveRig();
    rows.push(...((await sections[name]?.(rounds)) ?? []));
  }
  if (rows.length > 0) print(table(rows));
  if (wanted.includes(BRIDGE)) await bridge(values.recorders.split(',').map(Number));
} finally {
  await leaveRig();
}

async function leaveRig(): Promise<void> {
  const left = rig;
  rig = undefined;
  await (await left)?.close();
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
