import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { PieceReader } from '../../src/node-red/nodes/tile/widget/piece-reader.js';
import { jpegSize } from '../../src/shared/codec/index.js';
import { limits } from '../../src/shared/internal.js';
import { until } from '../support/until.js';
import { browse, closeRoot, httpRoot, rootUrl } from './support/live-browser.js';
import { credentials, helper, inbox, nvrNode, palette } from './support/palette.js';
import { catcher, caught, logged, out, tab, withRuntime } from './support/runtime.js';

const simulator = withRuntime();
afterEach(closeRoot);

/** What the dashboard was told of the tiles that are in its group. */
let shown: Record<string, unknown>[] = [];
const contribs: Record<string, object> = {};
/** As much of a group of FlowFuse Dashboard 2 as widgets use; the real one is in editor/dashboard.test.ts. */
function dashboard(RED: NodeAPI): void {
  RED.nodes.registerType('ui-group', function (this: Node, def: NodeDef) {
    RED.nodes.createNode(this, def);
    Object.assign(this, {
      register: (_node: Node, config: Record<string, unknown>) => void shown.push(config),
      getBase: () => ({ uiShared: { contribs } }),
    });
  });
}

const node = {
  ...{ id: 'tile', type: 'ui-everfocus-tile', z: 'flow', x: 0, y: 0, nvr: 'nvr', wires: [['out']], version: 1 },
  ...{ camera: '2', group: 'group', stream: 'sub', ptz: '', snapshot: '', order: 1, width: 0, height: 0 },
};

async function deploy(settings: object = {}, root: object = {}): Promise<void> {
  await deployAll([settings], root);
}

async function deployAll(tiles: readonly object[], root: object = {}): Promise<void> {
  shown = [];
  const group = { id: 'group', type: 'ui-group', name: 'Cameras' };
  const nodes = tiles.map((settings) => ({ ...node, ...settings }));
  const flow = [tab, nvrNode(simulator()), group, ...nodes, out, catcher, caught];
  await helper.load([httpRoot(root), dashboard, ...palette], flow, credentials());
}

const ask = async (path: string) => {
  const response = await fetch(`${rootUrl()}/everfocus-tile/${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const json = { 'content-type': 'application/json' };
const post = (path: string, body: unknown, headers: Record<string, string> = json) =>
  fetch(`${rootUrl()}/everfocus-tile/tile/${path}`, {
    ...{ method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) },
  });
const hour = () => `from=${Date.now() - 3_600_000}&to=${Date.now()}`;

describe('a camera tile', () => {
  it('tells the dashboard where its page is, and nothing of the NVR', async () => {
    await deploy({ name: 'Gate' });
    const [props] = shown;
    expect(props).toMatchObject({ id: 'tile', type: 'ui-everfocus-tile', root: '/', name: 'Gate', group: 'group' });
    expect(Object.keys(props ?? {})).not.toEqual(expect.arrayContaining(['nvr']));
    expect(contribs).toMatchObject({ 'ui-everfocus-tile': { src: 'ui-everfocus-tile.umd.js' } });
  });

  it('sends its pages live video and what happens', async () => {
    await deploy();
    const answer = await browse('/everfocus-tile/live?tile=tile&tile=unknown');
    const pieces = () => new PieceReader().push(new Uint8Array(answer.bytes()));
    await until('a picture', () => pieces().some(({ piece }) => piece.kind === 'fragment'));
    expect(pieces().find(({ lane }) => lane === 1)?.piece).toMatchObject({ news: { problem: { code: 'NOT_FOUND' } } });
    await until('the hooks', () => simulator().openSockets > 1);
    simulator().motion(2);
    const told = () =>
      pieces().flatMap(({ piece }) => (piece.kind === 'news' && 'now' in piece.news ? piece.news.now : []));
    await until('the motion', () => told().some(({ active }) => active.includes('motion')));
    expect(told().at(-1)).toMatchObject({ camera: 'Camera 2', connected: true });
    await helper.unload();
    await answer.ended;
    await until('no socket to be open', () => simulator().openSockets === 0);
  });

  it('shares streams and connection with others: sixteen tiles of four cameras move on one page', async () => {
    const ids = Array.from({ length: 16 }, (_, index) => `tile${index}`);
    await deployAll(ids.map((id, index) => ({ id, camera: String((index % 4) + 1) })));
    const answer = await browse(`/everfocus-tile/live?${ids.map((id) => `tile=${id}`).join('&')}`);
    const moving = () => {
      const pieces = new PieceReader().push(new Uint8Array(answer.bytes()));
      return ids.filter(
        (_, tile) => pieces.filter(({ lane, piece }) => lane === tile && piece.kind === 'fragment').length > 20,
      );
    };
    await until('all to move', () => moving().length === 16);
    const streams = simulator().requests.filter(({ upgrade, path }) => upgrade && path.startsWith('/live/'));
    expect(streams.map(({ path }) => path).sort()).toEqual([1, 2, 3, 4].map((channel) => `/live/${channel}/1`));
    answer.leave();
  });

  it('plays what was recorded', async () => {
    await deploy();
    const answer = await browse(`/everfocus-tile/tile/play?from=${Date.now() - 7_000_000}`);
    const pieces = () => new PieceReader().push(new Uint8Array(answer.bytes()));
    await until('some pictures', () => pieces().filter(({ piece }) => piece.kind === 'fragment').length > 5);
    const times = pieces().flatMap(({ piece }) => (piece.kind === 'fragment' ? piece.time : []));
    expect(times).toEqual([...times].sort((one, other) => one - other));
    answer.leave();
    await until('the playback to be over', () => simulator().openSockets === 0);
  });

  it('tells what is recorded and what happened, and which presets there are', async () => {
    await deploy();
    const { status, body } = await ask(`tile/hours?${hour()}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ recorded: expect.any(Array), events: expect.any(Array), now: expect.any(Number) });
    expect((await ask('tile/presets')).body).toEqual([]);
  });

  it('sends the picture that somebody takes', async () => {
    await deploy();
    const box = inbox('out');
    const picture = Buffer.from(await (await post('snapshot', {})).arrayBuffer());
    expect(jpegSize(picture)).toEqual({ width: 640, height: 360 });
    const message = await box.next();
    expect(message.payload).toEqual(picture);
    expect(message.everfocus).toMatchObject({ operation: 'snapshot', nvr: 'Office', channel: 2, camera: 'Camera 2' });
  });

  it('moves its camera while its page says so', async () => {
    await deploy();
    expect((await post('ptz', { do: 'move', press: 'a', direction: 'left' })).status).toBe(204);
    await until('the camera to move', () => simulator().ptz(2).moving === 'pan_left');
    await post('ptz', { do: 'stop', press: 'a' });
    await until('it to stand still', () => simulator().ptz(2).moving === undefined);
  });

  it.each([
    ['no camera', { camera: '' }, 'no camera is chosen'],
    ['no group', { group: '' }, 'no group of a dashboard is chosen'],
    ['no NVR', { nvr: '' }, 'no NVR is chosen'],
  ])('says what is wrong: %s', async (_, settings, problem) => {
    await deploy(settings);
    expect(logged()).toContain(problem);
    expect((await ask(`tile/hours?${hour()}`)).status).toBe(404);
  });
});

describe('a page that is no friend', () => {
  it.each([
    ['no command', { do: 'explode' }],
    ['no direction', { do: 'move', press: 'a', direction: 'sideways' }],
    ['a press that is none', { do: 'move', press: '../', direction: 'left' }],
    ['a long press', { do: 'hold', press: 'a'.repeat(41) }],
    ['a list', [1]],
    ['no JSON', '{'],
    ['too much', `{"do":"hold","press":"${'a'.repeat(2000)}"}`],
  ])('moves nothing: %s', async (_, body) => {
    await deploy();
    expect((await post('ptz', body)).status).toBe(400);
    expect(simulator().requests.filter(({ path }) => path.includes('ptz'))).toEqual([]);
  });

  it.each([
    ['a form', { 'content-type': 'text/plain' }],
    ['a page of another server', { ...json, 'sec-fetch-site': 'cross-site' }],
  ])('moves nothing and takes nothing: %s', async (_, headers: Record<string, string>) => {
    await deploy();
    const move = { do: 'move', press: 'a', direction: 'left' };
    expect([(await post('ptz', move, headers)).status, (await post('snapshot', {}, headers)).status]).toEqual([
      403, 403,
    ]);
  });

  it.each([
    ...['hours?from=1', 'hours?from=5&to=4', 'hours?from=0&to=90000001', 'hours?from=a&to=b', 'hours?from[]=1&to=2'],
    ...['play', 'play?from=-1', 'play?from=99999999999999'],
  ])('is told nothing at %s', async (path) => {
    await deploy();
    expect((await ask(`tile/${path}`)).status).toBe(400);
  });

  it.each([
    ...['live?tile=tile', 'tile/live.mjpeg', 'tile/picture.jpg', `tile/play?from=${Date.now() - 7_000_000}`],
    ...[`tile/hours?${hour()}`, 'tile/presets'],
  ])('that asks for the head only is answered at once, and the NVR is asked nothing: %s', async (path) => {
    await deploy();
    const head = (method: string, at: string) => `${method} /everfocus-tile/${at} HTTP/1.1\r\nHost: page\r\n`;
    const socket = connect(Number(new URL(rootUrl()).port), '127.0.0.1');
    const heard: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => heard.push(chunk));
    // What follows on one connection is answered once what came before it is.
    socket.write(`${head('HEAD', path)}\r\n${head('GET', 'other/presets')}Connection: close\r\n\r\n`);
    await once(socket, 'close');
    expect(Buffer.concat(heard).toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nHTTP\/1\.1 404 /);
    expect(simulator().requests).toEqual([]);
  });

  it('may show many tiles, whatever Express makes of a name that comes often', async () => {
    const oftenIsAnObject = (request: object, _: unknown, next: () => void) => {
      Object.defineProperty(request, 'query', { value: { tile: { 0: 'tile', 1: 'tile' } } });
      next();
    };
    await deploy({}, { httpNodeMiddleware: oftenIsAnObject });
    const page = await browse(`/everfocus-tile/live?${Array.from({ length: 30 }, () => 'tile=tile').join('&')}`);
    expect(page.status).toBe(200);
    page.leave();
  });

  it('cannot ask for more tiles than a page has, nor for none', async () => {
    await deploy();
    const many = Array.from({ length: 65 }, () => 'tile=tile').join('&');
    expect([(await ask(`live?${many}`)).status, (await ask('live')).status]).toEqual([400, 400]);
    expect((await ask('live?tile=other')).status).toBe(404);
    for (const odd of [
      'live?tile[toString]=x',
      'live?tile[]=tile&tile[][toString]=x',
      'tile/picture.jpg?width[valueOf]=x',
    ])
      expect(await ask(odd)).toMatchObject({ status: 400, body: { code: 'INVALID_PARAMETER' } });
  });

  it('cannot open pages without end, and those that left make room', async () => {
    await deploy();
    const { pages } = limits.viewer;
    const open = await Promise.all(Array.from({ length: pages }, () => browse('/everfocus-tile/live?tile=tile')));
    expect(open.map(({ status }) => status)).toEqual(Array.from({ length: pages }, () => 200));
    expect(await ask('live?tile=tile')).toMatchObject({ status: 503, body: { code: 'BUSY' } });
    expect(logged().split('viewer.pages')).toHaveLength(2);
    for (const page of open) page.leave();
    await until('room', async () => {
      const page = await browse('/everfocus-tile/live?tile=tile');
      page.leave();
      return page.status === 200;
    });
  });

  it('cannot play recordings without end, is told why, and those that left make room', async () => {
    await deploy();
    const path = `play?from=${Date.now() - 7_000_000}`;
    const open = await Promise.all(Array.from({ length: 4 }, () => browse(`/everfocus-tile/tile/${path}`)));
    expect(open.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await ask(`tile/${path}`)).toMatchObject({ status: 503, body: { code: 'BUSY' } });
    open[0]?.leave();
    await until('room', async () => {
      const page = await browse(`/everfocus-tile/tile/${path}`);
      page.leave();
      return page.status === 200;
    });
    for (const page of open) page.leave();
    await until('the playbacks to be over', () => simulator().openSockets === 0);
  });

  it('cannot have the NVR asked without end: of six questions at once, four are', async () => {
    await deploy();
    expect((await ask('tile/presets')).status).toBe(200);
    simulator().faults.stalledReplies = true;
    const refused: unknown[] = [];
    const answers = Array.from({ length: 6 }, () => ask('tile/presets').then((answer) => refused.push(answer)));
    await until('the others to be refused', () => refused.length === 2);
    const busy = { status: 503, body: { code: 'BUSY', message: 'the NVR is being asked already' } };
    expect(refused).toEqual([busy, busy]);
    await helper.unload();
    await Promise.allSettled(answers);
  });

  it('plays nothing of a camera that is not there, and is told so', async () => {
    await deploy({ camera: '9' });
    expect(await ask(`tile/play?from=${Date.now() - 7_000_000}`)).toMatchObject({
      ...{ status: 400, body: { code: 'INVALID_PARAMETER', message: expect.stringContaining('camera 9') } },
    });
  });

  it('cannot turn a camera whose tile does not', async () => {
    await deploy({ ptz: 'never' });
    expect((await post('ptz', { do: 'move', press: 'a', direction: 'left' })).status).toBe(400);
    expect((await ask('tile/presets')).body).toEqual([]);
  });

  it.each(['httpNodeMiddleware', 'dashboard'])('does not pass %s', async (name) => {
    const guard = (_request: unknown, response: { status(code: number): { json(body: object): void } }) =>
      response.status(401).json({});
    await deploy({}, name === 'dashboard' ? { dashboard: { middleware: guard } } : { httpNodeMiddleware: guard });
    const paths = ['live?tile=tile', `tile/hours?${hour()}`, 'tile/play?from=1', 'tile/presets', 'tile/picture.jpg'];
    const statuses = [...(await Promise.all(paths.map(ask))).map(({ status }) => status)];
    statuses.push((await post('ptz', {})).status, (await post('snapshot', {})).status);
    expect(statuses).toEqual(Array.from({ length: 7 }, () => 401));
    expect(simulator().requests).toEqual([]);
  });
});
