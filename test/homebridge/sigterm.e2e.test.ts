import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { findFfmpeg } from '../../src/shared/ffmpeg/index.js';
import { silentLogger } from '../../src/shared/index.js';
import { HapHome } from '../support/hap/hap-home.js';
import { connectedLine, HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { LiveView } from '../support/hap/live-view.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';

/** ms that the plugin may take beyond what Homebridge takes with nobody looking. */
const OF_OUR_OWN = 2000;
/** No signal but SIGKILL ends what comes after this, nor what that starts. */
const IGNORE = "trap '' TERM INT HUP PIPE;";

let folder: string;
let simulator: Simulator;
let homebridge: HomebridgeProcess;
let home: HapHome;
/** ms that SIGTERM takes with nobody looking. */
let idle: number;
/** All that an ffmpeg of ours wrote down: a test that fails leaves no process behind. */
const seen = new Set<number>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sigterm-'));
  const plugins = await packedPackage();
  // H.265: pictures need a process, too.
  simulator = await Simulator.start({ codec: 'h265', mac: '00:11:14:00:0d:01', cameras: 2 });
  homebridge = await HomebridgeProcess.start({ plugins, platform: await platform('exec sleep 600') });
  home = await HapHome.pair(homebridge);
  await homebridge.line(connectedLine('House', 2));
  idle = await homebridge.terminate();
}, 180_000);

afterAll(async () => {
  await home?.close();
  await homebridge?.dispose();
  await simulator?.stop();
  for (const pid of await running([...seen])) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

describe('SIGTERM in the middle of live views', () => {
  it.each([
    ['ignores signals and reads nothing', `${IGNORE} exec sleep 600`],
    ['has started another one', `${IGNORE} sleep 600 & echo $! >> "$pids"; wait; sleep 600`],
    ['hangs in a loop', `${IGNORE} while :; do :; done`],
    // Who floods or crashes is gone by itself before, see test/shared/ffmpeg/children.test.ts.
  ])('ends Homebridge at once and leaves nothing, with an ffmpeg that %s', async (_, behaviour) => {
    const from = homebridge.lines.length;
    await homebridge.start(await platform(behaviour));
    await homebridge.line(connectedLine('House', 2), from);
    const views = await Promise.all(
      [1, 2].map(async (channel) => {
        const view = await LiveView.prepare(home, await home.camera(channel), {});
        await view.start();
        return view;
      }),
    );
    // Each view shows pictures by a process, and hears by another.
    await until('the processes', async () => (await pids()).length >= 4);
    const duration = await homebridge.terminate();
    expect(duration).toBeLessThan(idle + OF_OUR_OWN);
    const started = await pids();
    await until('nothing is left', async () => (await running(started)).length === 0, 1000);
    for (const view of views) await view.close();
    await until('no socket at the NVR', () => simulator.openSockets === 0, 2000);
    expect(homebridge.troubles).toEqual([]);
  });
});

/** The platform with an ffmpeg that answers what it can do, and then does this; it writes down its process id. */
async function platform(behaviour: string): Promise<Record<string, unknown>> {
  const { path } = await findFfmpeg({ logger: silentLogger });
  const ffmpeg = join(folder, 'ffmpeg');
  const answer = `case "$*" in *-version*|*-encoders*) exec "${path}" "$@";; esac`;
  await writeFile(join(folder, 'pids'), '');
  await writeFile(ffmpeg, `#!/bin/sh\n${answer}\npids='${join(folder, 'pids')}'\necho $$ >> "$pids"\n${behaviour}\n`);
  await chmod(ffmpeg, 0o700);
  const { host, port } = simulator;
  return { ffmpeg, nvrs: [{ name: 'House', host, port, username: 'admin', password: 'admin123' }] };
}

async function pids(): Promise<number[]> {
  const written = (await readFile(join(folder, 'pids'), 'utf8')).split('\n').filter(Boolean).map(Number);
  for (const pid of written) seen.add(pid);
  return written;
}

/** One that has ended, and that nobody has collected yet, has no command line. */
async function isRunning(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '';
}

async function running(started: readonly number[]): Promise<number[]> {
  const alive = await Promise.all(started.map(isRunning));
  return started.filter((_, at) => alive[at]);
}
