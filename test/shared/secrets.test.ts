import { describe, expect, it } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { type NvrError, operations } from '../../src/shared/index.js';
import { cleanText } from '../../src/shared/clean-text.js';
import { limits } from '../../src/shared/limits.js';
import { redactingLogger } from '../../src/shared/redact.js';
import type { Operation } from '../../src/shared/sdk/declaration.js';
import { until } from '../support/until.js';
import { type Handler, type OddNvr, startOddNvr } from './odd-nvr.js';

const SECRET = 'hunter2-q7';
const { cameraDetail, getNetwork, getEMail, getFTP, getUser, backupConfig } = operations;

/** Each read that the document lets tell passwords in plain text. */
const reads: [operation: Operation, params: object, document: object][] = [
  [cameraDetail, { ChannelID: 1 }, { ChannelID: 1, UserName: 'admin', Password: SECRET, IPAddress: '10.0.0.2' }],
  [
    getNetwork,
    {},
    { pppoe: { active: 1, password: SECRET }, interfaces: [{ type: 'wifi', wifiPwd: SECRET }, { Pwd: SECRET }] },
  ],
  [getEMail, {}, { active: 'odd', smpt_port: '25', username: 'u', password: SECRET }],
  [getFTP, {}, { active: '1', port: 21, username: 'u', password: SECRET }],
  [getUser, { userID: 1 }, { userID: '1', username: 'admin', password: SECRET }],
  [backupConfig, {}, { users: [{ name: 'admin', password: SECRET }] }],
];

const raw =
  (status: number, text: (document: object) => string): ((document: object) => Handler) =>
  (document) =>
  (_request, response) =>
    void response.writeHead(status).end(text(document));
const json = JSON.stringify;

/** What a recorder may make of them. */
const oddities: Readonly<Record<string, (document: object) => Handler>> = {
  'as they are': (document) => () => document,
  'as text in JSON': (document) => () => json(document),
  'cut off within the password': raw(200, (document) => json(document).split(SECRET.slice(4))[0] ?? ''),
  'in a list in a list': (document) => () => [[document]],
  'as the reason of an error': (document) => () => ({ Result: 'Error', Description: document }),
  'as text in the reason of an error': (document) => () => ({ Result: 'Error', Description: json(document) }),
  'as text in text in the reason': (document) => () => ({ Result: 'Error', Description: json(json(document)) }),
  'cut off in the reason': (document) => () => ({
    Result: 'Error',
    Description: json(document).split(SECRET.slice(4))[0],
  }),
  'with a status of the server': raw(500, json),
  'with the status of a stranger': raw(401, json),
  'in a web page': raw(200, (document) => `<html>${json(document)}</html>`),
  'in words': raw(200, (document) => `settings: ${json(document)}`),
};

/** Everything that a person could see of a call that went as it went. */
async function seenOf(nvr: OddNvr, operation: Operation, params: object, lines: readonly string[]): Promise<string> {
  const outcome = await nvr.client.call(operation, params as never).then(
    () => '',
    (error: NvrError) => `${error.message} ${error.stack} ${'description' in error ? String(error.description) : ''}`,
  );
  return [...lines, outcome].join('\n');
}

function listening(lines: string[]) {
  const write = (message: string) => void lines.push(message);
  return { logger: { debug: write, info: write, warn: write, error: write } };
}

describe.each(reads)('the passwords that $id tells', (operation, params, document) => {
  it.each(Object.entries(oddities))('%s reach neither logs nor errors', async (_how, handler) => {
    const lines: string[] = [];
    const nvr = await startOddNvr({ [`${operation.method} ${operation.path}`]: handler(document) }, listening(lines));
    const seen = await seenOf(nvr, operation, params, lines);
    expect(nvr.count(`${operation.method} ${operation.path}`)).toBeGreaterThan(0);
    expect(seen).not.toContain(SECRET.slice(0, 4));
  });
});

describe('the passwords of a request', () => {
  const { testFTP, setUser, setNetwork } = operations;
  const server = { host: 'h', port: '21', username: 'u', password: SECRET };
  const network = { pppoe: {}, interfaces: [{ type: 'wifi', wifiPwd: SECRET }], general: {} };

  it.each<[string, Operation, object]>([
    ['among the parameters', testFTP, server],
    ['in a list', setUser, { userID: 2, body: [{ userID: 2, password: SECRET }] }],
    ['deep in the settings', setNetwork, network],
  ])('%s do not come back in the words of the NVR', async (_where, operation, params) => {
    const echo = () => ({ Result: 'Error', Description: `${SECRET} is not right` });
    const nvr = await startOddNvr({ [`POST ${operation.path}`]: echo });
    await expect(nvr.client.call(operation, params as never)).rejects.toMatchObject({
      code: 'NVR_REFUSED',
      description: '*** is not right',
    });
    const raw = nvr.client.request({ method: 'POST', path: operation.path, body: params });
    await expect(raw).rejects.toMatchObject({ description: '*** is not right' });
  });
});

it('the words of the NVR are cut where they have no end', async () => {
  const nvr = await startOddNvr({
    'GET /network/getPort': () => ({ Result: 'Error', Description: 'no '.repeat(100_000) }),
  });
  await expect(nvr.client.call(operations.getPort)).rejects.toMatchObject({
    message: expect.stringMatching(/^.{1000,1200}$/),
  });
});

describe('the passwords in messages of the NVR (10.14)', () => {
  const message = { message: 'cameraDetail', target: 1, content: { Password: SECRET } };

  it.each([
    ['cut off', json([message]).slice(0, -20)],
    ['that are no JSON', `login of the camera: ${SECRET}`],
    ['of another shape', json({ msg: [message], text: SECRET })],
  ])('%s are not logged', async (_how, text) => {
    const lines: string[] = [];
    const sockets = new WebSocketServer({ noServer: true });
    const nvr = await startOddNvr(
      {},
      {
        ...listening(lines),
        upgrade: (request, socket) => {
          sockets.handleUpgrade(request, socket, Buffer.alloc(0), (open) => open.send(text));
          return false;
        },
      },
    );
    nvr.client.messages.subscribe({ message: () => undefined });
    await until('the message', () => nvr.client.messages.misunderstood === 1);
    expect(lines.join('\n')).toMatch(/could not be understood/);
    expect(lines.join('\n')).not.toContain(SECRET.slice(0, 4));
    await nvr.client.close();
  });
});

describe("the user's own password", () => {
  const PASSWORD = 'Wx7-hunter2-q7 &é';
  /** Wherever a limit cuts: the secret stands across every place where it might. */
  const places = (limit: number) => Array.from({ length: 24 }, (_, shift) => Math.max(0, limit - shift));
  const seenIn = (text: string) =>
    [PASSWORD, encodeURIComponent(PASSWORD)].some((form) => text.includes(form.slice(0, 3)));

  it.each([limits.text.words, limits.text.line, 8 * 1024])(
    'that is cut in half at %i is in no error',
    async (limit) => {
      let before = 0;
      const nvr = await startOddNvr(
        {
          'GET /network/getPort': () => ({ Result: 'Error', Description: `${'x'.repeat(before)}${PASSWORD}` }),
          'GET /system/getTime': (_, response) =>
            void response.end(
              `{"Result":"Error","Description":"${'x'.repeat(before)}${encodeURIComponent(PASSWORD)}"}`,
            ),
        },
        { password: PASSWORD },
      );
      for (before of places(limit)) {
        for (const operation of [operations.getPort, operations.getTime]) {
          const seen = await seenOf(nvr, operation, {}, []);
          expect([before, seenIn(seen)]).toEqual([before, false]);
        }
      }
    },
  );

  it.each([64, 80, limits.text.line])('that is cut in half at %i is in no line of the log', (limit) => {
    const lines: string[] = [];
    const logger = redactingLogger(listening(lines).logger, [PASSWORD]);
    for (const form of [PASSWORD, encodeURIComponent(PASSWORD)]) {
      for (const before of places(limit)) {
        const text = `${'x'.repeat(before)}${form} and more than enough, and more than enough`;
        logger.warn(`camera ${cleanText(text, limit)} is away; so is ${cleanText(text, 2 * limit)}`);
        logger.warn(text);
      }
    }
    expect(lines.filter(seenIn)).toEqual([]);
  });

  it('that is cut in half in a message that cannot be understood is in no line of the log', async () => {
    const lines: string[] = [];
    const sockets = new WebSocketServer({ noServer: true });
    const texts = places(80);
    const nvr = await startOddNvr(
      {},
      {
        ...listening(lines),
        password: PASSWORD,
        upgrade: (request, socket) => {
          const text = `${'x'.repeat(texts.shift() ?? 0)}${PASSWORD} and so on, and so on`;
          sockets.handleUpgrade(request, socket, Buffer.alloc(0), (open) => open.send(text));
          return false;
        },
      },
    );
    const { events, metadata, exceptions } = nvr.client;
    for (const hook of [events, metadata, exceptions]) hook.subscribe({ message: () => undefined });
    await until('the messages', () => [events, metadata, exceptions].every((hook) => hook.misunderstood > 0));
    expect(lines.filter(seenIn)).toEqual([]);
  });
});
