import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Aedes } from 'aedes';
import { Simulator } from '../../packages/simulator/src/index.js';
import { jpegSize } from '../../src/shared/codec/index.js';
import { operations } from '../../src/shared/index.js';
import { buildRequest } from '../../src/shared/wire/request.js';
import { Visitor } from '../simulator/visitor.js';
import { packedPackage } from '../support/packed-package.js';
import { NodeRedProcess, releases } from './support/node-red-process.js';
import { type Flow, until } from './support/palette.js';

const examples = new URL('../../examples/', import.meta.url);
const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
  'node-red': { nodes: object };
};
const account = { 'ef-nvr': { username: 'admin', password: 'admin123' } };

async function example(name: string, port = 80): Promise<Flow> {
  const flow = JSON.parse(await readFile(new URL(name, examples), 'utf8')) as Flow;
  return flow.map((node) => (node['type'] === 'everfocus-nvr' ? { ...node, port: String(port) } : node));
}

describe.each(releases)('a process of %s with the packed package', (release) => {
  let simulator: Simulator;
  let nodeRed: NodeRedProcess;
  beforeAll(async () => {
    simulator = await Simulator.start({ discoveryPort: 0 });
    nodeRed = await NodeRedProcess.start({}, release);
  }, 180_000);
  afterAll(async () => {
    await simulator.stop();
    await nodeRed[Symbol.asyncDispose]();
  });

  const press = (inject: string) => fetch(`${nodeRed.url}/inject/${inject}`, { method: 'POST' });

  async function newestSnapshot(): Promise<Buffer> {
    return Buffer.from(await (await fetch(`${nodeRed.url}/newest-snapshot`)).arrayBuffer());
  }

  it('loads every node', async () => {
    const response = await fetch(`${nodeRed.url}/nodes`, { headers: { accept: 'application/json' } });
    const sets = (
      (await response.json()) as { module: string; types: string[]; err?: string; enabled: boolean }[]
    ).filter(({ module }) => module === 'homebridge-everfocus-nvr');
    expect(sets.flatMap(({ types }) => types)).toEqual(Object.keys(manifest['node-red'].nodes));
    expect(sets.map(({ err, enabled }) => ({ err, enabled }))).toEqual(
      sets.map(() => ({ err: undefined, enabled: true })),
    );
  });

  it('runs the example: motion in, JPEG out', async () => {
    await nodeRed.deploy(await example('motion-to-snapshot.json', simulator.port), account);
    await until(() => simulator.openSockets === 1);
    simulator.motion(3);
    let picture: Buffer = Buffer.alloc(0);
    await until(async () => (picture = await newestSnapshot()).subarray(0, 2).toString('hex') === 'ffd8');
    expect(picture.length).toBeGreaterThan(1000);
    expect(simulator.requests).toContainEqual(expect.objectContaining({ path: '/device/getSnapshot' }));
  });

  it('runs the example: pictures by themselves', async () => {
    await nodeRed.deploy(await example('camera-picture.json', simulator.port), account);
    const url = `${nodeRed.url}/newest-picture`;
    await until(async () => (await fetch(url)).headers.get('content-type') === 'image/jpeg');
    expect(jpegSize(Buffer.from(await (await fetch(url)).arrayBuffer()))?.width).toBeGreaterThan(0);
  });

  it('runs the example: a pulse of an alarm output', async () => {
    await nodeRed.deploy(await example('do-pulse.json', simulator.port), account);
    const before = simulator.pin(5);
    await press('ef-pulse-pulse');
    await until(() => simulator.pin(5) === 1);
    await until(() => simulator.pin(5) === 0);
    expect(before).toBe(0);
  });

  it('runs the example: a switch drives an output', async () => {
    await press('ef-pulse-on');
    await until(() => simulator.pin(6) === 1);
    await press('ef-pulse-off');
    await until(() => simulator.pin(6) === 0);
  });

  it('runs the example: a camera turns, and finds a preset by its name', async () => {
    await nodeRed.deploy(await example('ptz-presets.json', simulator.port), account);
    const told = (command: string) => until(() => simulator.requests.some(({ body }) => body.includes(command)));
    await press('ef-ptz-left');
    await told('"stop"');
    await press('ef-ptz-store');
    await told('set_preset');
    await press('ef-ptz-go');
    await told('goto_preset');
  });

  it('runs the example: a file is heard at a camera', async () => {
    const samples = Buffer.alloc(1600, 7);
    const file = join(nodeRed.userDir, 'announcement.wav');
    await writeFile(file, samples);
    const flow = await example('talk.json', simulator.port);
    const node = (each: Flow[number]) => (each['type'] === 'file in' ? { ...each, filename: file } : each);
    await nodeRed.deploy(flow.map(node), account);
    await press('ef-talk-go');
    await until(() => simulator.talk(1).audio.length >= samples.length);
    expect(simulator.talk(1).audio.subarray(0, samples.length)).toEqual(samples);
  });

  it('runs the example: calls, and errors that come out of the Catch node', async () => {
    const flow = await example('api-call-with-catch.json', simulator.port);
    // What the debug nodes show goes to the log, where this test can see it.
    const printing = flow.map((node) =>
      node['type'] === 'debug' ? { ...node, console: true, tostatus: false } : node,
    );
    await nodeRed.deploy(printing, account);
    const calls = simulator.requests.length;
    await press('ef-api-wrong');
    await until(() => nodeRed.output.includes('INVALID_PARAMETER'));
    expect(simulator.requests).toHaveLength(calls);
    await press('ef-api-list');
    await until(() => nodeRed.output.includes('DeviceName'));
  });

  it('runs the example: an event of yesterday as MP4', async () => {
    const file = join(nodeRed.userDir, 'event.mp4');
    const flow = JSON.stringify(await example('event-to-mp4.json', simulator.port));
    await nodeRed.deploy(JSON.parse(flow.replace('/tmp/everfocus-event.mp4', file)) as Flow, account);
    await press('ef-clip-go');
    await until(async () => (await readdir(nodeRed.userDir)).includes('event.mp4'));
    expect((await readFile(file)).toString('latin1', 4, 8)).toBe('ftyp');
  });

  it('runs the example: a report of recording gaps', async () => {
    const flow = await example('recording-gaps.json', simulator.port);
    await nodeRed.deploy(
      flow.map((node) => (node['type'] === 'debug' ? { ...node, console: true } : node)),
      account,
    );
    await press('ef-gaps-daily');
    await until(() => /Camera 1: [-\d]+ [:\d]+ to [-\d]+ [:\d]+ UTC, \d+ min/.test(nodeRed.output));
    expect(nodeRed.output).toMatch(/My NVR: \d+ gaps yesterday/);
  });

  it('runs the example: a message when the recorder is away', async () => {
    const flow = await example('recorder-away.json', simulator.port);
    const quick: Readonly<Record<string, object>> = {
      trigger: { duration: '10', units: 'ms' },
      debug: { console: true },
    };
    await nodeRed.deploy(
      flow.map((node) => ({ ...node, ...quick[String(node['type'])] })),
      account,
    );
    await until(() => simulator.openSockets === 1);
    const down = simulator.restart(1000);
    await until(() => nodeRed.output.includes('My NVR does not answer'));
    await down;
    await until(() => nodeRed.output.includes('My NVR is back'));
  });

  it('runs the example: motion at night, its picture and its clip to a broker and as mails', async () => {
    const broker = await Aedes.createBroker();
    const server = createServer((socket) => void broker.handle(socket));
    await using ends = new AsyncDisposableStack();
    ends.defer(() => new Promise<void>((resolve) => broker.close(resolve)));
    ends.defer(() => void server.close());
    ends.defer(() => nodeRed.deploy([], {}));
    const published: { topic: string; payload: Buffer }[] = [];
    broker.on('publish', ({ topic, payload }) => {
      if (topic.startsWith('everfocus/')) published.push({ topic, payload: Buffer.from(payload) });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const port = String((server.address() as AddressInfo).port);
    const folder = join(nodeRed.userDir, 'night');
    const changed: Readonly<Record<string, object>> = {
      'ef-night-broker': { broker: '127.0.0.1', port },
      'ef-night-motion': { folder, clipAround: '1' },
      'ef-night-report': { console: true },
    };
    const flow = (await example('night-motion.json', simulator.port)).map((node) => ({
      ...node,
      ...changed[String(node['id'])],
      // As if it were night.
      ...(node['id'] === 'ef-night-dark' && { func: String(node['func']).replace('[22, 6]', '[0, 24]') }),
    }));
    await nodeRed.deploy(flow, account);
    await until(() => simulator.openSockets >= 1 && broker.connectedClients === 1);
    simulator.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    await until(() => published.length === 1);
    simulator.throwEvent({ channel: 2, type: 'Motion', state: 'inactive' });
    await until(() => published.length === 2);
    const [picture, clip] = published;
    expect(picture?.topic).toMatch(/^everfocus\/My NVR\/Camera 2\/motion$/);
    expect(jpegSize(picture?.payload ?? Buffer.alloc(0))?.width).toBeGreaterThan(0);
    expect(clip?.topic).toMatch(/^everfocus\/My NVR\/Camera 2\/clip$/);
    expect((await readFile(String(clip?.payload))).toString('latin1', 4, 8)).toBe('ftyp');
    await until(() => nodeRed.output.includes("topic: 'Motion: Camera 2'"));
    expect(nodeRed.output).toContain("filename: 'picture.jpg'");
  }, 120_000);

  it('runs the example: the NVRs of the network', async () => {
    const flow = await example('find-nvrs.json');
    const here = { address: '127.0.0.1', udpPort: String(simulator.discoveryPort), seconds: '1' };
    const changed: Readonly<Record<string, object>> = { 'everfocus-discover': here, debug: { console: true } };
    await nodeRed.deploy(
      flow.map((node) => ({ ...node, ...changed[String(node['type'])] })),
      {},
    );
    await press('ef-find-go');
    await until(() => nodeRed.output.includes('00:11:14:00:00:01'));
  });

  it('leaves no socket at the NVR after a redeploy without it', async () => {
    await nodeRed.deploy([], {});
    await until(() => simulator.openSockets === 0);
    expect(nodeRed.output).not.toMatch(/unhandled|admin123/i);
  });

  it('runs the example: a schedule is kept, changed, and restored', async () => {
    await nodeRed.deploy(await example('away-schedule.json', simulator.port), account);
    const written = () =>
      simulator.requests
        .filter(({ path }) => path === '/schedule/setScheduleByGroup')
        .map(({ body }) => (JSON.parse(body) as { Motion: { Map: string[] } }).Motion.Map);
    const visitor = await Visitor.loggedIn(simulator);
    const never = { Map: Array.from({ length: 7 }, () => '-'.repeat(48)) };
    const schedule = { Normal: never, Motion: never, InputAlarm: never, Intellegent: never };
    await visitor.carry(buildRequest(operations.setScheduleByGroup, { ChannelID: 1, GroupID: 'Record', ...schedule }));
    await press('ef-away-leave');
    await until(() => written().length === 2);
    await press('ef-away-back');
    await until(() => written().length === 3);
    expect(written().slice(1)).toEqual([never.Map.map(() => '+'.repeat(48)), never.Map]);
  });

  it('refused nothing that the examples sent', () => {
    expect(simulator.refused).toEqual([]);
  });
});

describe('what the package holds for Node-RED', () => {
  it('can be required, as Node-RED 4.1 loads nodes', async () => {
    // On Node 22.12 and later `require` gives an ES module with `__esModule`; Node-RED then takes its default export.
    const script = `for (const file of process.argv.slice(1)) {
      const loaded = require(file);
      console.log(typeof (loaded.__esModule ? loaded.default : loaded));
    }`;
    const nodes = join(await packedPackage(), 'node_modules/homebridge-everfocus-nvr/nodes');
    const files = (await readdir(nodes)).filter((name) => name.endsWith('.js')).map((name) => join(nodes, name));
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, ...files]);
    expect(stdout.trim().split('\n')).toEqual(files.map(() => 'function'));
  });

  it('hold no credentials and every node type', async () => {
    const names = (await readdir(examples)).filter((name) => name.endsWith('.json'));
    const nodes = (await Promise.all(names.map((name) => example(name)))).flat();
    expect(nodes.filter((node) => 'credentials' in node)).toEqual([]);
    // Not those that are kept for old flows.
    const former = ['event', 'snapshot', 'io', 'api'].map((name) => `everfocus-${name}`);
    const offered = Object.keys(manifest['node-red'].nodes).filter((type) => !former.includes(type));
    expect(nodes.map((node) => node['type'])).toEqual(expect.arrayContaining(offered));
  });
});
