import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { events } from './events.js';
import { liveStart } from './live-start.js';
import { type Row, table } from './report.js';
import { makeRig, type Rig } from './rig.js';
import { snapshots } from './snapshots.js';
import { streamingLoad } from './streaming-load.js';
import { tiles } from './tiles.js';

const sections: Readonly<Record<string, (rig: Rig, rounds: number) => Promise<Row[]>>> = {
  live: liveStart,
  events,
  load: streamingLoad,
  snapshots,
  tiles,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '20' }, help: { type: 'boolean', short: 'h' } },
});
const rounds = Number(values.rounds);
const wanted = positionals.length > 0 ? positionals : Object.keys(sections);
if (values.help || !(rounds >= 1) || wanted.some((name) => !Object.hasOwn(sections, name))) {
  print(`npm run bench -- [${Object.keys(sections).join('] [')}] [--rounds 20]`);
  process.exit(values.help ? 0 : 2);
}

const rig = await makeRig();
try {
  const [processor] = cpus();
  print(`Node ${process.version}, ffmpeg ${rig.ffmpeg.version}, ${cpus().length} × ${processor?.model ?? 'unknown'}`);
  print('Simulator, Homebridge, controller and floors share this machine. Medians, with smallest and largest.\n');
  const rows: Row[] = [];
  for (const name of wanted) rows.push(...((await sections[name]?.(rig, rounds)) ?? []));
  print(table(rows));
} finally {
  await rig.close();
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
