import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import type { LimitHits } from '../../src/shared/index.js';
import { samples } from '../samples/index.js';
import { type Attack, type Damage, LAST } from './hostile/attack.js';
import { shapes } from './hostile/shapes.js';

// No reply of any size up to 32 MB, of any shape, to any operation or hook, may hold up the others for more than 250 ms,
// cost more than 200 MB, or throw anything but an NvrError.

const BLOCKED = 250;
const MEMORY = 200;
/** ms that the calibration takes on the machine for which 250 ms are meant: a small one of 2020. */
const CALIBRATION = 15;

const root = join(import.meta.dirname, '../..');
const typescript = ['--disable-warning=ExperimentalWarning', '--experimental-transform-types'];

let server: Server;
let sockets: WebSocketServer;
/** What each of them sends through. */
const connections = new WeakMap<WebSocket, Socket>();
let attacked: ChildProcess;
/** How much longer this machine, as busy as it is, takes for any work. */
let slowness = 1;
let respond: (response: ServerResponse) => void;

beforeAll(async () => {
  const answers: Readonly<Record<string, unknown>> = {
    'GET /admin/login': { realm: 'xnvr', qop: 'auth', nonce: 'n', opaque: '' },
    'POST /admin/login': { Result: 'OK', Description: 'userID=1' },
    'GET /admin/logout': { Result: 'OK' },
  };
  server = createServer((request, response) => {
    response.on('error', () => undefined);
    request.resume().on('end', () => {
      const answer = answers[`${request.method} ${request.url?.split('?')[0]}`];
      if (answer === undefined) respond(response);
      else response.setHeader('set-cookie', 'sid=1').end(JSON.stringify(answer));
    });
  }).listen(0, '127.0.0.1');
  sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => connections.set(socket, request.socket));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  attacked = fork(join(import.meta.dirname, 'hostile/attacked.ts'), [String(port)], {
    serialization: 'advanced',
    execArgv: [...typescript, `--import=${join(root, 'scripts/typescript.mjs')}`],
  });
  await calibrate();
});

afterAll(async () => {
  attacked.kill();
  for (const socket of sockets.clients) socket.terminate();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Questions are answered one after the other. */
async function ask<Answer>(question: Attack | string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const dead = (code: unknown) => reject(new Error(`the attacked process ended with ${String(code)}`));
  attacked.once('message', resolve).once('exit', dead);
  attacked.send(question);
  return promise.finally(() => attacked.off('message', resolve).off('exit', dead));
}

async function calibrate(): Promise<void> {
  slowness = Math.max(1, (await ask<number>('calibrate')) / CALIBRATION);
}

/** The least harm of several tries: the work is the same each time, what else the machine does is not. */
async function least(attack: () => Promise<Damage>, tries = 3): Promise<Damage> {
  const { blocked, ...rest } = await attack();
  const damage = { ...rest, blocked: blocked / slowness };
  if (damage.blocked <= BLOCKED || tries === 1) return damage;
  await calibrate();
  const again = await least(attack, tries - 1);
  return again.blocked < damage.blocked ? again : damage;
}

function suffered(attack: Attack): Promise<Damage> {
  return least(() => ask<Damage>(attack));
}

/** What was worse than it may be. */
function faultsOf(what: string, { outcome, blocked, memory, lines }: Damage): string[] {
  // eslint-disable-next-line no-control-regex
  const badLines = lines.filter((line) => line.length > 2000 || /[\0-\x1f\x7f-\x9f\u2028\u2029]/.test(line));
  return [
    ...(/^(a reply|heard|[A-Z_]+)$/.test(outcome) ? [] : [outcome]),
    ...(blocked > BLOCKED ? [`held up the others for ${Math.round(blocked)} ms`] : []),
    ...(memory > MEMORY ? [`cost ${Math.round(memory)} MB`] : []),
    ...(lines.length > 10 ? [`wrote ${lines.length} lines`] : []),
    ...badLines.map((line) => `wrote a bad line: ${line.slice(0, 80)}`),
  ].map((fault) => `${what}: ${fault}`);
}

type Sending = (response: ServerResponse, body: string | Buffer) => void;

/** How it travels. */
const sendings: Readonly<Record<string, Sending>> = {
  'as a whole': (response, body) => void response.end(body),
  'without its length': (response, body) => {
    response.flushHeaders();
    response.end(body);
  },
  'as an error': (response, body) => void response.writeHead(500).end(body),
  'as a refusal': (response, body) => void response.writeHead(403).end(body),
};

const raw: Attack = { operation: 'raw' };
const calls: readonly Attack[] = [
  raw,
  ...[...new Map(samples.map(({ operation, params }) => [operation, params])).entries()].map(([operation, params]) => ({
    operation,
    params: params ?? {},
  })),
];

const callOf = (id: string): Attack => calls.find(({ operation }) => operation === id) ?? raw;
const MiB = 2 ** 20;

describe('a reply', () => {
  it.each(Object.entries(shapes))('of %s does little harm, whatever its size', async (name, shape) => {
    const turn = Object.keys(shapes).indexOf(name);
    const [how, send] = Object.entries(sendings)[turn % 4] as [string, Sending];
    const next = (index: number) => calls[(3 * turn + index) % calls.length] ?? raw;
    const faults: string[] = [];
    // Every operation has its turn with some; those that take in most have it more often.
    for (const [size, call] of [
      [0.24, next(0)],
      [1.9, next(1)],
      [3.9, turn % 2 ? callOf('searchLogs') : raw],
      [31, [next(2), callOf('backupConfig'), raw][turn % 3] ?? raw],
    ] as const) {
      const body = size > 4 ? Buffer.alloc(size * MiB, shape(MiB)) : shape(size * MiB);
      respond = (response) => send(response, body);
      faults.push(...faultsOf(`${call.operation} ${how} of ${size} MiB`, await suffered(call)));
    }
    expect(faults).toEqual([]);
  });

  it.each(['a list of numbers', 'a list of cameras', 'a long text', 'a deep list'] as const)(
    'of %s in one piece of 31 MiB does little harm, whoever takes it',
    async (name) => {
      const body = shapes[name]?.(31 * MiB) ?? '';
      for (const call of [raw, callOf('searchLogs'), callOf('backupConfig')]) {
        // One chunk, whose length is told before it.
        respond = (response) => sendings['without its length']?.(response, body);
        expect(faultsOf(call.operation, await suffered(call))).toEqual([]);
      }
    },
  );

  it('in pieces of one byte does little harm', async () => {
    respond = (response) => {
      response.setHeader('transfer-encoding', 'chunked').flushHeaders();
      response.socket?.write('1\r\n[\r\n'.repeat(300_000));
      response.socket?.end();
    };
    expect(faultsOf('raw', await suffered(raw))).toEqual([]);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    [
      'header fields without end',
      (response) => void response.socket?.write(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(1e6)}`),
    ],
    ['one endless field', (response) => void response.socket?.write(`HTTP/1.1 200 OK\r\na: ${'b'.repeat(8e6)}`)],
    ['ever new cookies', manyCookies],
    [
      'cookies that no header can hold',
      (response) => void response.setHeader('set-cookie', 'a=\u00e4\u00ff').end('{}'),
    ],
    [
      'a length of exabytes',
      (response) => void response.socket?.write('HTTP/1.1 200 OK\r\ncontent-length: 9000000000000000\r\n\r\n['),
    ],
    ['interim replies', (response) => void response.socket?.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(200_000))],
  ])('with %s does little harm, and the next one works', async (_case, send) => {
    respond = (response) => {
      send(response);
      response.socket?.end();
    };
    for (let round = 0; round < 20; round++) {
      expect(faultsOf('raw', await suffered(raw))).toEqual([]);
    }
    respond = (response) => void response.end('{"Result":"OK"}');
    expect(await ask<Damage>(raw)).toMatchObject({ outcome: 'a reply' });
  });
});

let cookies = 0;
function manyCookies(response: ServerResponse): void {
  response.setHeader(
    'set-cookie',
    Array.from({ length: 100 }, () => `cookie${cookies++}=${'x'.repeat(100)}`),
  );
  response.end('{"Result":"OK"}');
}

describe('a message of a hook', () => {
  beforeAll(async () => {
    respond = (response) => void response.end('[]');
    await ask('hooks');
  });

  /** What comes of messages to five hooks, up to the last one. */
  function heard(send: (socket: WebSocket) => void): Promise<Damage> {
    return least(async () => {
      await ask('listen');
      for (const socket of sockets.clients) {
        send(socket);
        socket.send(JSON.stringify([LAST]), () => undefined);
      }
      return ask<Damage>('heard');
    });
  }

  it.each(Object.entries(shapes))('of %s does little harm', async (_name, shape) => {
    for (const size of [20_000, 1_000_000]) {
      const body = shape(size);
      const damage = await heard((socket) => socket.send(body, { binary: false }, () => undefined));
      expect(faultsOf(`${size} bytes`, damage)).toEqual([]);
    }
  });

  // As bytes: whoever makes each message is no faster than who reads it, and nothing would wait in the network.
  it.each([
    ['tiny messages', '81027b7d'],
    ['empty messages', '8100'],
    ['pings', '8900'],
  ])('in a flood of %s does little harm', async (_case, message) => {
    const flood = Buffer.alloc((50_000 * message.length) / 2, message, 'hex');
    expect(faultsOf('the flood', await heard((socket) => connections.get(socket)?.write(flood)))).toEqual([]);
  });
});

it('limits that were hit are counted', async () => {
  const hits = await ask<readonly LimitHits[]>('limits');
  expect(hits.map(({ limit }) => limit)).toEqual(
    expect.arrayContaining(['reply.settings', 'reply.list', 'json.values', 'json.depth', 'hook.entries']),
  );
});
