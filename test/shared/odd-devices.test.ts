import { operations } from '../../src/shared/index.js';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { BriskClock } from '../support/brisk-clock.js';
import { until } from '../support/until.js';
import { type Handler, type OddNvr, startOddNvr } from './odd-nvr.js';

const cameras = [{ ChannelID: 1 }];
const ok = { Result: 'OK' };
const setPin = { pinID: 5, pinValue: 1 };

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? error,
  );

const withStatus =
  (status: number, body = ''): Handler =>
  (_request, response) =>
    void response.writeHead(status).end(body);

/** Lets in only who brings the cookie that the newest login set. */
function sessions() {
  let current = 0;
  const login: Handler = (_request, response) => {
    current += 1;
    response.setHeader('set-cookie', `sid=${current}; Path=/; HttpOnly`);
    return ok;
  };
  return {
    login,
    end: () => (current += 1),
    isIn: (cookie: string | undefined) => cookie === `sid=${current}`,
  };
}

describe('a login page with status 200', () => {
  it('costs one write, not all that follow', async () => {
    const { login, end, isIn } = sessions();
    const page = '<html>Please log in</html>';
    using clock = new BriskClock(10);
    const handlers = {
      'POST /admin/login': login,
      'POST /dio/pinManualSetting': ({ headers }: IncomingMessage, response: ServerResponse) =>
        isIn(headers.cookie) ? ok : void response.end(page),
    };
    const nvr = await startOddNvr(handlers, { clock });
    await nvr.client.call(operations.pinManualSetting, setPin);
    end();
    expect(await codeOf(nvr.client.call(operations.pinManualSetting, setPin))).toBe('OUTCOME_UNKNOWN');
    expect(await codeOf(nvr.client.call(operations.pinManualSetting, setPin))).toBe('done');
    expect(nvr.count('POST /dio/pinManualSetting')).toBe(3);
  });
});

describe("another device's web server", () => {
  it.each([
    ['a page', (response: { end(text: string): unknown }) => void response.end('<html>Router</html>')],
    ['another API', (response: { end(text: string): unknown }) => void response.end('{"version": 1}')],
  ])('is told from an NVR by what it answers to the login: %s', async (_, answer) => {
    const nvr = await startOddNvr({ 'GET /admin/login': (_request, response) => answer(response) });
    expect(await codeOf(nvr.client.call(operations.cameraList))).toBe('NOT_AN_NVR');
  });
});

describe('cookies', () => {
  it.each([
    'sid=1; Expires=Tue, 01 Jan 2019 00:00:00 GMT',
    'sid=1; Max-Age=600; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'sid=1; Expires=-1',
    'sid=1; Expires=0; Path=/admin; Secure; SameSite=Strict',
  ])('are kept whatever the clock of the recorder says: %s', async (cookie) => {
    const nvr = await startOddNvr({
      'POST /admin/login': (_request, response) => {
        response.setHeader('set-cookie', cookie);
        return ok;
      },
      'GET /device/cameraList': (request, response) =>
        request.headers.cookie === 'sid=1' ? cameras : void response.writeHead(401).end(),
    });
    expect(await nvr.client.call(operations.cameraList)).toHaveLength(1);
  });

  it('of a late refusal do not replace those of the new session', async () => {
    let release: () => unknown = () => undefined;
    const { login, end, isIn } = sessions();
    const list: Handler = (request, response) => {
      if (isIn(request.headers.cookie)) return cameras;
      response.setHeader('set-cookie', 'sid=stranger');
      return void response.writeHead(401).end();
    };
    const nvr = await startOddNvr({
      'POST /admin/login': login,
      'GET /device/cameraList': list,
      'GET /device/cameraStatus': (request, response) => {
        if (isIn(request.headers.cookie)) return [];
        release = () => list(request, response, '');
        return undefined;
      },
    });
    await nvr.client.call(operations.cameraList);
    end();
    const late = nvr.client.call(operations.cameraStatus);
    await until('the NVR to have it', () => nvr.count('GET /device/cameraStatus') === 1);
    await nvr.client.call(operations.cameraList);
    // The refusal of the old session comes when the new one has long begun.
    release();
    await late;
    expect(await nvr.client.call(operations.cameraList)).toHaveLength(1);
    expect(nvr.count('POST /admin/login')).toBe(2);
  });
});

describe('a login that is not taken', () => {
  it.each([
    ['an empty 400', withStatus(400)],
    ['a web page', withStatus(200, '<html></html>')],
    ['a redirect', withStatus(302)],
    ['nothing', withStatus(200)],
    ['words of its own', () => ({ result: 'error', description: 'wrong credential' })],
  ])('in the form of %s is tried twice and no more', async (_case, handler) => {
    const nvr = await startOddNvr({ 'POST /admin/login': handler });
    for (let call = 0; call < 4; call += 1)
      expect(await codeOf(nvr.client.call(operations.cameraList))).toBe('LOGIN_REJECTED');
    expect(nvr.count('POST /admin/login')).toBe(2);
  });

  it.each([
    ['a server error', withStatus(503)],
    ['"system busy"', () => ({ Result: 'Error', Description: 'system busy' })],
    ['"too many sessions"', () => ({ Result: 'Error', Description: 'Too many sessions' })],
  ])('because of %s is tried again after a pause, not at once', async (_case, handler) => {
    const clock = new ManualClock();
    let busy = true;
    const nvr = await startOddNvr(
      {
        'POST /admin/login': (request, response, body) => (busy ? handler(request, response, body) : ok),
        'GET /device/cameraList': () => cameras,
      },
      { clock },
    );
    for (let call = 0; call < 4; call += 1)
      expect(await codeOf(nvr.client.call(operations.cameraList))).toBe('NVR_UNAVAILABLE');
    expect(nvr.count('POST /admin/login')).toBe(1);
    busy = false;
    clock.advance(1000);
    expect(await codeOf(nvr.client.call(operations.cameraList))).toBe('done');
  });

  it('after the same credentials were taken is tried again after five minutes', async () => {
    const clock = new ManualClock();
    let rejects = false;
    const { login, end, isIn } = sessions();
    const nvr = await startOddNvr(
      {
        'POST /admin/login': (request, response, body) =>
          rejects ? { Result: 'Error', Description: 'no' } : login(request, response, body),
        'GET /device/cameraList': (request, response) =>
          isIn(request.headers.cookie) ? cameras : void response.writeHead(401).end(),
      },
      { clock },
    );
    await nvr.client.call(operations.cameraList);
    end();
    rejects = true;
    for (let call = 0; call < 3; call += 1)
      expect(await codeOf(nvr.client.call(operations.cameraList))).toBe('SESSION_LOST');
    expect(nvr.count('POST /admin/login')).toBe(2);
    rejects = false;
    clock.advance(5 * 60_000);
    expect(await codeOf(nvr.client.call(operations.cameraList))).toBe('done');
  });

  it('is asked again after 1, 10 and 60 minutes, then hourly, twice each, until it is taken; hooks come back then', async () => {
    const clock = new ManualClock();
    let rejects = true;
    const nvr = await startOddNvr(
      { 'POST /admin/login': () => (rejects ? { Result: 'Error', Description: 'no' } : ok) },
      { clock },
    );
    nvr.client.events.subscribe({ message: () => undefined });
    const tries = () => nvr.count('POST /admin/login');
    await until('the first round', () => tries() === 2);
    let expected = 2;
    for (const minutes of [1, 10, 60, 60]) {
      expect(await codeOf(nvr.client.call(operations.cameraList))).toBe('LOGIN_REJECTED');
      clock.advance(minutes * 60_000 - 1);
      expect(await codeOf(nvr.client.call(operations.cameraList))).toBe('LOGIN_REJECTED');
      expect(tries()).toBe(expected);
      clock.advance(1);
      expected += 2;
      await until('the next round', () => tries() === expected);
      await until('its end', async () => (await codeOf(nvr.client.call(operations.cameraList))) === 'LOGIN_REJECTED');
    }
    rejects = false;
    clock.advance(60 * 60_000);
    await until('the login', () => tries() === expected + 1);
    await until('the hook', () => {
      clock.advance(100);
      return nvr.client.events.connected;
    });
  });

  it('is tried with the configured digest only, and the error names it', async () => {
    const nvr = await startOddNvr({ 'POST /admin/login': withStatus(400) }, { digest: 'GET:/admin/login' });
    await expect(nvr.client.call(operations.cameraList)).rejects.toThrow(/digest was that of GET:\/admin\/login: /);
    expect(nvr.count('POST /admin/login')).toBe(1);
  });

  it('does not leak the password that the NVR echoes', async () => {
    const nvr = await startOddNvr({
      'POST /admin/login': () => ({ Result: 'Error', Description: 'p4ssw0rd is not the password' }),
    });
    await expect(nvr.client.call(operations.cameraList)).rejects.toThrow('*** is not the password');
  });
});

describe('a lacking right', () => {
  it('is a refusal with the words of the NVR, and costs one login, not one a call', async () => {
    const Description = 'Operator may not do this';
    const nvr = await startOddNvr({
      'GET /device/cameraList': (_request, response) =>
        void response.writeHead(403).end(JSON.stringify({ Result: 'Error', Description })),
      'GET /device/cameraStatus': () => [],
    });
    for (let call = 0; call < 3; call += 1) {
      await expect(nvr.client.call(operations.cameraList)).rejects.toMatchObject({
        code: 'NVR_REFUSED',
        description: Description,
      });
    }
    await nvr.client.call(operations.cameraStatus);
    expect(nvr.count('POST /admin/login')).toBe(2);
  });
});

describe('time and signals', () => {
  it('hold while a request waits for a free connection, and a write that was never sent says so', async () => {
    const nvr = await startOddNvr({ 'GET /device/cameraList': () => undefined, 'GET /device/cameraStatus': () => [] });
    await nvr.client.call(operations.cameraStatus);
    const hung = new AbortController();
    const blockers = [1, 2, 3, 4].map(() =>
      codeOf(nvr.client.call(operations.cameraList, {}, { signal: hung.signal })),
    );
    await until('all connections to be in use', () => nvr.count('GET /device/cameraList') === 4);
    await expect(nvr.client.call(operations.cameraStatus, {}, { timeout: 100 })).rejects.toMatchObject({
      code: 'NVR_TIMEOUT',
      message: 'cameraStatus: the NVR did not answer in 0.1 s: it was waiting for earlier requests, and was not sent',
    });
    const reason = new Error('enough');
    await expect(nvr.client.call(operations.cameraStatus, {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(nvr.count('GET /device/cameraStatus')).toBe(1);
    hung.abort(reason);
    expect(await Promise.all(blockers)).toEqual([reason, reason, reason, reason]);
  });

  it('count the login in', async () => {
    const nvr = await startOddNvr({ 'GET /admin/login': () => undefined });
    await expect(nvr.client.call(operations.pinManualSetting, setPin, { timeout: 100 })).rejects.toMatchObject({
      code: 'NVR_TIMEOUT',
      message: 'pinManualSetting: the NVR did not answer in 0.1 s: it was waiting for the login',
    });
  });

  it('do not make a picture wait for the deletion of its file', async () => {
    const jpeg = Buffer.from('ffd8ffe0', 'hex');
    const nvr = await startOddNvr({
      'GET /device/getSnapshot': () => ({ snapshotPath: '/a.jpg' }),
      'GET /device/download/': (_request, response) => void response.end(jpeg),
      'POST /device/deleteSnapshot': () => undefined,
    });
    expect(await nvr.client.takeSnapshot(1)).toEqual(jpeg);
    await until('the deletion to be asked for', () => nvr.count('POST /device/deleteSnapshot') === 1);
  });
});

describe('a server error', () => {
  it('may pass by itself; whether a write took effect is not known', async () => {
    using clock = new BriskClock(10);
    const refusals = { 'GET /device/cameraList': withStatus(503), 'POST /dio/pinManualSetting': withStatus(500) };
    const nvr = await startOddNvr(refusals, { clock });
    await expect(nvr.client.call(operations.cameraList)).rejects.toMatchObject({
      code: 'NVR_UNAVAILABLE',
      recoverable: true,
    });
    expect(await codeOf(nvr.client.call(operations.pinManualSetting, setPin))).toBe('OUTCOME_UNKNOWN');
  });
});

describe('an upgrade that is refused without saying why', () => {
  /** Listens on events after the session has ended. @param refuse whether it takes an upgrade without session */
  async function listenAfterTheSession(refuse: (socket: Duplex) => boolean): Promise<OddNvr> {
    const { login, end, isIn } = sessions();
    const nvr = await startOddNvr(
      {
        'POST /admin/login': login,
        'GET /device/cameraStatus': (request, response) =>
          isIn(request.headers.cookie) ? [] : void response.writeHead(401).end(),
      },
      { upgrade: (request, socket) => isIn(request.headers.cookie) || refuse(socket) },
    );
    await nvr.client.call(operations.cameraStatus);
    end();
    nvr.client.events.subscribe({ message: () => undefined });
    return nvr;
  }

  it.each([
    ['404', 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'],
    ['a login page', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>'],
    ['silence', ''],
  ])('with %s leads to a new login by a read', async (_case, refusal) => {
    const nvr = await listenAfterTheSession((socket) => {
      socket.end(refusal);
      return false;
    });
    await until('the hook to connect', () => nvr.client.events.connected);
    expect(nvr.count('POST /admin/login')).toBe(2);
  });

  it('by closing after it was accepted leads there as well', async () => {
    const nvr = await listenAfterTheSession((socket) => {
      void once(socket, 'resume').then(() => setImmediate(() => socket.destroy()));
      return true;
    });
    await until('a login', () => nvr.count('POST /admin/login') === 2);
  });
});
