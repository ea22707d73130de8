import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Children } from '../../scripts/demo/children.js';
import { startMqtt } from '../../scripts/demo/mqtt.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';
import { Onlooker } from '../mqtt/rig.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = join(root, 'scripts/run.mjs');
const startLimitMs = 120_000;

/** Runs the demo on free ports as a user does, in a process group of its own. */
function startDemo(storage: string, more: readonly string[]) {
  const ports = ['simulator', 'control', 'homekit', 'node-red', 'mqtt'].flatMap((name) => [`--${name}-port`, '0']);
  const program = spawn(process.execPath, [script, 'demo', '--storage', storage, ...ports, ...more], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [program.stdout, program.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        printed.push(line);
        if (line.startsWith('Ready.')) resolve();
      });
    }
    program.once('close', () => reject(new Error(`the demo ended:\n${printed.join('\n')}`)));
  });
  const find = (pattern: RegExp) => pattern.exec(printed.join('\n'))?.[1] ?? '';
  return { program, ready, find };
}

/** What Node-RED's editor shows: the status below its nodes, and its debug sidebar. */
async function openEditor(nodeRed: string) {
  const socket = new WebSocket(`${nodeRed.replace('http', 'ws')}comms`);
  const listening = Promise.withResolvers<unknown>();
  const picture = Promise.withResolvers<string>();
  socket.on('message', (data: Buffer) => {
    for (const { topic, data: entry } of [JSON.parse(data.toString())].flat()) {
      if (topic.startsWith('status/') && /connected/.test(entry.text) && entry.fill === 'green')
        listening.resolve(topic);
      if (topic === 'debug' && entry.msg.includes('ffd8ff')) picture.resolve(entry.msg);
    }
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ subscribe: 'status/#' }));
  socket.send(JSON.stringify({ subscribe: 'debug' }));
  return { listening: listening.promise, picture: picture.promise, close: () => socket.close() };
}

function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(false));
    socket.once('error', () => resolve(true)).once('connect', () => socket.destroy());
  });
}

/** Only a test that failed leaves something to kill. */
function killGroup({ pid = NaN }: ChildProcess): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing left.
  }
}

describe('npm run demo', () => {
  const storage = mkdtempSync(join(tmpdir(), 'everfocus-demo-'));
  const demos: ReturnType<typeof startDemo>[] = [];
  const start = async (...more: readonly string[]) => {
    const demo = startDemo(storage, more);
    demos.push(demo);
    await demo.ready;
    return demo;
  };
  let demo: ReturnType<typeof startDemo>;

  beforeAll(async () => {
    demo = await start();
  }, startLimitMs);

  afterAll(() => {
    for (const { program } of demos) killGroup(program);
    rmSync(storage, { recursive: true, force: true });
  });

  it('shows a HomeKit setup code', () => {
    expect(demo.find(/setup code (\S+),/)).toMatch(/^\d{3}-\d{2}-\d{3}$/);
  });

  it('runs a bridge that waits to be paired', async () => {
    const response = await fetch(`http://127.0.0.1:${demo.find(/bridge on port (\d+)/)}/accessories`);
    expect(response.status).toBe(470);
  });

  it('runs a flow that answers motion with a snapshot', async () => {
    const nodeRed = demo.find(/Node-RED +(http:\S+)/);
    expect((await fetch(nodeRed)).status).toBe(200);
    const snapshot = demo.find(/(http:\S+newest-snapshot)/);
    expect((await fetch(snapshot)).status).toBe(404);
    const editor = await openEditor(nodeRed);
    await editor.listening;
    const control = demo.find(/(http:\S+)\/event/);
    await fetch(`${control}/event`, { method: 'POST', body: '{"channel":2}' });
    await expect(editor.picture).resolves.toContain('ffd8ff');
    editor.close();
    const newest = await fetch(snapshot);
    expect(newest.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await newest.arrayBuffer()).readUInt16BE()).toBe(0xffd8);
  });

  it('leads a browser from the NVR to a page with its cameras', async () => {
    const page = await fetch(demo.find(/NVR +(http:\S+)/), { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    expect((await page.text()).match(/data-channel/g)?.length).toBeGreaterThanOrEqual(4);
  });

  it('echoes what is triggered, wherever from, and tells what is missing', async () => {
    await fetch(`${demo.find(/(http:\S+)\/event/)}/pin`, { method: 'POST', body: '{"pin":2,"value":1}' });
    demo.program.stdin.write('m 3\nm\n');
    await until('all three', () =>
      ['pin 2 is 1', 'motion on channel 3', 'which channel?'].every(
        (text) => demo.find(new RegExp(`\\[simulator\\] .*(${text.replace('?', '\\?')})`)) !== '',
      ),
    );
  });

  it('stops everything on Ctrl-C', async () => {
    const group = demo.program.pid ?? NaN;
    const ports = [/bridge on port (\d+)/, /Node-RED +http:\S+:(\d+)\//, /NVR +http:\S+:(\d+)\//, /:(\d+)\/event/].map(
      (pattern) => Number(demo.find(pattern)),
    );
    process.kill(group, 'SIGINT');
    await expect(once(demo.program, 'close')).resolves.toEqual([0, null]);
    expect(() => process.kill(-group, 0)).toThrow(expect.objectContaining({ code: 'ESRCH' }));
    await expect(Promise.all(ports.map(refuses))).resolves.toEqual([true, true, true, true]);
  });

  it('keeps the pairing for the next start, which tells a broker of the NVR, too', async () => {
    const next = await start('--mqtt');
    expect(next.find(/setup code (\S+),/)).toBe(demo.find(/setup code (\S+),/));
    const port = Number(next.find(/mosquitto_sub -p (\d+) -v -t 'everfocus\/#'/));
    const command = next.find(/mosquitto_pub -p \d+ -t (\S+) -m ON/);
    await using onlooker = await Onlooker.at(port, 'everfocus/#');
    await showsMotionAndSwitches(onlooker, {
      output: command.replace(/\/set$/, ''),
      motion: () => void next.program.stdin.write('m 1\n'),
    });
    process.kill(next.program.pid ?? NaN, 'SIGTERM');
    await expect(once(next.program, 'close')).resolves.toEqual([0, null]);
    expect(await refuses(port)).toBe(true);
  });

  it('brings a broker where there is no Mosquitto', async () => {
    await using nvr = await Simulator.start({ cameras: 1 });
    const account = { host: nvr.host, port: nvr.port, username: 'admin', password: 'admin123' };
    const port = await freePort();
    await using children = new Children(storage, new AbortController().signal);
    await startMqtt(children, root, { storage, ports: { mqtt: port } }, account, undefined);
    await using onlooker = await Onlooker.at(port, 'everfocus/#', { protocolVersion: 4 });
    await showsMotionAndSwitches(onlooker, {
      output: 'everfocus/demo/SIM001114000001/do/5',
      motion: () => nvr.throwEvent({ channel: 1, type: 'Motion', state: 'active' }),
    });
  });
});

/** What the two lines of the welcome promise of the broker. */
async function showsMotionAndSwitches(
  onlooker: Onlooker,
  { output, motion }: { readonly output: string; readonly motion: () => void },
): Promise<void> {
  const camera = output.replace(/do\/5$/, 'ch/1');
  await onlooker.says('everfocus/demo/status', 'online');
  await onlooker.says(`${camera}/motion`, 'OFF');
  motion();
  await until('motion', () => onlooker.all(`${camera}/motion`).includes('ON'));
  await until('a picture', () =>
    onlooker.seen.some(({ topic, bytes }) => topic === `${camera}/snapshot` && bytes.readUInt16BE() === 0xffd8),
  );
  await onlooker.says(output, 'OFF');
  await onlooker.publish(`${output}/set`, 'ON');
  await onlooker.says(output, 'ON');
}
