import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { encodeFrame, type VideoFrame } from '../../src/shared/codec/frame.js';
import { diagnose, ManualClock, type Nvr, operations } from '../../src/shared/index.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';
import { type LimitName, limits } from '../../src/shared/limits.js';
import { silentLogger } from '../../src/shared/logger.js';
import { FrameIntake } from '../../src/shared/media/frame-intake.js';
import { newest, newestOfEach } from '../../src/shared/push/backlog.js';
import { until } from '../support/until.js';
import { type Handler, startOddNvr } from './odd-nvr.js';

const names = (client: Nvr) => client.limits.hits.map(({ limit }) => limit);

/** Sends these bytes one at a time, each to be read by itself, until nobody takes them any more. */
async function drip(socket: Duplex, bytes: string): Promise<void> {
  for (; !socket.destroyed; await setImmediate()) socket.write(bytes);
}

describe('A limit that an answer runs into is told by name', () => {
  const fields =
    (headers: Readonly<Record<string, string | string[]>>): Handler =>
    (_request, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      return { device: 'nvr' };
    };
  const many = Array.from({ length: 30 }, (_, index) => `a${index}=b`);
  /** What is asked for, and how. */
  type Question = readonly [string, (nvr: Nvr) => Promise<unknown>];
  const info: Question = ['GET /system/getSystemInfo', (nvr) => nvr.call(operations.getSystemInfo)];
  const file: Question = ['GET /system/backupConfig', (nvr) => nvr.call(operations.backupConfig)];
  const picture: Question = [
    'GET /device/download/',
    (nvr) => nvr.call(operations.downloadSnapshot, { snapshot: '/1.jpg' }),
  ];
  const jpeg = (size: number) => Buffer.alloc(size, Buffer.from([0xff, 0xd8, 0xff]));
  const body =
    (text: string | Buffer): Handler =>
    (_, response) =>
      void response.end(text);
  const dripping: Handler = (_, response) => {
    response.setHeader('transfer-encoding', 'chunked').flushHeaders();
    if (response.socket) void drip(response.socket, '1\r\n \r\n');
  };
  it.each<[LimitName, string, Question, Handler]>([
    ['reply.pieces', 'REPLY_TOO_LARGE', info, dripping],
    ['reply.headers', 'REPLY_TOO_LARGE', info, fields({ x: 'a'.repeat(10_000), y: 'b'.repeat(10_000) })],
    ['json.tolerant', 'INVALID_REPLY', info, body(`[${"'a',".repeat(20_000)}]`)],
    ['json.names', 'REPLY_TOO_LARGE', info, body(`{${Array.from({ length: 1025 }, (_, i) => `"${i}":1`).join()}}`)],
    ['json.name', 'REPLY_TOO_LARGE', info, body(`{"${'n'.repeat(257)}":1}`)],
    ['json.text', 'REPLY_TOO_LARGE', info, body(`{"device":"${'d'.repeat(1024 ** 2 + 1)}"}`)],
    ['reply.picture', 'REPLY_TOO_LARGE', picture, body(jpeg(limits.reply.picture + 1))],
    ['reply.outcome', 'REPLY_TOO_LARGE', picture, body('?'.repeat(300_000))],
    ['reply.file', 'REPLY_TOO_LARGE', file, body('?'.repeat(limits.reply.file + 1))],
    ['cookie.bytes', 'a reply', info, fields({ 'set-cookie': `a=${'b'.repeat(5000)}` })],
    ['cookie.count', 'a reply', info, fields({ 'set-cookie': many })],
  ])('%s: %s', async (limit, outcome, [request, call], handler) => {
    // Its time limit is another's test.
    const { client } = await startOddNvr({ [request]: handler }, { clock: new ManualClock() });
    const came = await call(client).then(
      () => 'a reply',
      (error: unknown) => (error as { code: string }).code,
    );
    expect([came, ...names(client)]).toEqual([outcome, limit]);
  });

  it('also where it is the login, which no call is', async () => {
    const { client } = await startOddNvr({
      'GET /admin/login': (_, response) => void response.end(`{"realm":"${'r'.repeat(limits.reply.settings)}"}`),
    });
    const { checks, limits: hits } = await diagnose(client);
    expect(checks).toMatchObject([{ name: 'login', passed: false, code: 'REPLY_TOO_LARGE' }]);
    expect(hits).toMatchObject([{ limit: 'reply.settings', first: expect.stringMatching(/^getLoginParameters: /) }]);
  });
});

describe('A limit that a WebSocket runs into is told by name, and the others go on', () => {
  it.each<[LimitName, (socket: WebSocket, connection: Duplex) => void]>([
    [
      'socket.pieces',
      (_, connection) => {
        // A text of 1,000,000 bytes (RFC 6455, 5.2), which is allowed.
        connection.write(Buffer.from('817f00000000000f4240', 'hex'));
        void drip(connection, ' ');
      },
    ],
    ['socket.endless', (socket) => socket.send(Buffer.alloc(limits.socket.endless + 1, ' '))],
    ['socket.message', (socket) => socket.send(Buffer.alloc(limits.socket.message + 1, ' '))],
    [
      'socket.fragments',
      (socket) => {
        for (let index = 0; index <= limits.socket.fragments; index += 1) socket.send(' ', { fin: false });
      },
    ],
    ['json.tolerant', (socket) => socket.send(`[${"'a',".repeat(20_000)}]`)],
  ])('%s', async (limit, attack) => {
    const server = new WebSocketServer({ noServer: true });
    const sockets = new Map<string | undefined, readonly [WebSocket, Duplex]>();
    const { client } = await startOddNvr(
      {},
      {
        upgrade: (request, socket) => {
          server.handleUpgrade(request, socket, Buffer.alloc(0), (opened) =>
            sockets.set(request.url, [opened, socket]),
          );
          return false;
        },
      },
    );
    const heard: string[] = [];
    client.events.subscribe({ message: () => undefined });
    client.exceptions.subscribe({ message: ({ exception }) => heard.push(exception) });
    await until('both hooks', () => sockets.size === 2 && client.events.connected && client.exceptions.connected);
    const [attacked, other] = ['/meta/eventHook', '/system/exceptionListen'].map((path) => sockets.get(path));
    if (!attacked || !other) throw new Error([...sockets.keys()].join());
    attack(...attacked);
    await until('the limit to be told', () => names(client).length > 0);
    expect(names(client)).toEqual([limit]);
    other[0].send(JSON.stringify({ exception: 'DiskFull', target: '1' }));
    await until('the other hook', () => heard.length === 1);
  });

  it('for a reader who is too slow', () => {
    const told: string[] = [];
    const backlog = newest<number>(1000, (limit) => told.push(limit));
    for (let item = 0; item < 3; item += 1) backlog.put(item, limits.hook.waiting / 2);
    expect([told, backlog.take(), backlog.take()]).toEqual([['hook.waiting'], 1, 2]);
    const each = newestOfEach<number>(String, (limit) => told.push(limit));
    for (let item = 0; item <= limits.hook.kinds; item += 1) each.put(item);
    expect([told.at(-1), each.take()]).toEqual(['hook.kinds', 1]);
  });
});

describe('A limit that frames run into is told by name', () => {
  const code = Buffer.from([0, 0, 0, 1]);
  const sps = Buffer.from([0x67, 0x64, 0x00, 0x1f]);
  const pps = Buffer.from([0x68, 0xee, 0x3c, 0x80]);
  const slice = Buffer.concat([Buffer.from([0x65, 0x88, 0x84]), Buffer.alloc(100, 0x55)]);
  const annexB = (...nals: Buffer[]) => Buffer.concat(nals.flatMap((nal) => [code, nal]));
  const frame = (data: Buffer, width = 640): VideoFrame => ({
    ...{ kind: 'video', codec: 'h264', keyframe: true, width, height: 360, timestamp: 1_700_000_000_000, data },
  });
  const good = annexB(sps, pps, slice);

  it.each<[LimitName, VideoFrame, number]>([
    ['frame.side', frame(good, 20_000), 1],
    ['picture.stray', frame(Buffer.concat([Buffer.alloc(2000, 7), good])), 0],
    ['picture.lead', frame(annexB(Buffer.concat([sps, Buffer.alloc(20_000, 7)]))), 0],
    ['picture.parameterSets', frame(annexB(...new Array<Buffer>(65).fill(sps))), 0],
    ['picture.parameterSetBytes', frame(annexB(Buffer.concat([sps, Buffer.alloc(70_000, 7)]), pps, slice)), 0],
  ])('%s', (limit, sent, keyframes) => {
    const counters = new LimitCounters(silentLogger);
    const intake = new FrameIntake('live 1/main', { logger: silentLogger, limits: counters });
    let shown = 0;
    const take = (one: VideoFrame) =>
      intake.take(encodeFrame(one), (found) => (shown += Number(found.kind === 'video' && found.keyframe)));
    take(sent);
    expect([counters.hits.map((hit) => hit.limit), shown]).toEqual([[limit], keyframes]);
    take({ ...frame(good), timestamp: 1_700_000_001_000 });
    expect(shown).toBe(keyframes + 1);
  });
});
