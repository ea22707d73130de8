import { operations } from '../../src/shared/index.js';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, it, jest } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { startOddNvr } from './odd-nvr.js';
import { withNvr } from './with-nvr.js';

const context = withNvr();

const outcomeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? 'no code',
  );

describe('calls', () => {
  it('log in by themselves, once for all who wait', async () => {
    const [cameras, statuses, info] = await Promise.all([
      context.client.call(operations.cameraList),
      context.client.call(operations.cameraStatus),
      context.client.call(operations.getSystemInfo),
    ]);
    expect(cameras.map(({ ChannelID }) => ChannelID)).toEqual([1, 2]);
    expect(statuses.map(({ Online }) => Online)).toEqual([true, true]);
    expect(info.ipcam_channels).toBe(2);
    expect(context.nvr.loginAttempts).toBe(1);
  });

  it('log in again when the session has ended, once for all, writes included', async () => {
    await context.client.call(operations.cameraList);
    context.nvr.faults.expireSessions();
    await Promise.all([
      context.client.call(operations.cameraList),
      context.client.call(operations.pinManualSetting, { pinID: 5, pinValue: 1 }),
      context.client.call(operations.cameraStatus),
    ]);
    expect(context.nvr.pin(5)).toBe(1);
    expect(context.nvr.loginAttempts).toBe(2);
  });

  it('leave the way free for others, at whichever moment they are given up', async () => {
    await context.client.call(operations.cameraList);
    const settings = { pinID: 5, pinValue: 1 } as const;
    for (let moment = 0; moment < 40; moment++) {
      const abort = new AbortController();
      const signal = abort.signal;
      const calls = [
        context.client.call(operations.pinManualSetting, settings, { signal }),
        context.client.call(operations.cameraList, {}, { signal }),
      ];
      for (let turn = 0; turn < moment; turn++) await Promise.resolve();
      abort.abort(new Error('enough'));
      await Promise.allSettled(calls);
    }
    const off = context.client.call(operations.pinManualSetting, { pinID: 5, pinValue: 0 }, { timeout: 5000 });
    expect(await outcomeOf(off)).toBe('done');
    expect(await outcomeOf(context.client.call(operations.cameraList, {}, { timeout: 5000 }))).toBe('done');
    expect(context.nvr.pin(5)).toBe(0);
  });

  it('that are given up as a download begins leave it to nobody, and its end harms nobody', async () => {
    const ended: unknown[] = [];
    const { client } = await startOddNvr({
      'GET /record/backupVideoClip': (_request, response) => {
        response.on('close', () => ended.push('hung up'));
        response.write(Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(5000)]));
      },
    });
    const abort = new AbortController();
    const pipe = jest.spyOn(Readable.prototype, 'pipe').mockImplementationOnce(function (this: Readable, target) {
      abort.abort(new Error('enough'));
      return this.pipe(target);
    });
    const clip = { ChannelID: 1, stream: 0, startTime: 1, endTime: 5 } as const;
    await expect(client.call(operations.backupVideoClip, clip, { signal: abort.signal })).rejects.toThrow('enough');
    await until('the NVR to be left', () => ended.length > 0);
    expect(pipe).toHaveBeenCalledTimes(2);
    pipe.mockRestore();
  });

  it.each([
    ['/admin/login', false, 1],
    ['/login', true, 2],
  ])('find out that the digest is over %s, and remember it', async (_uri, shortLoginUri, attempts) => {
    context.nvr.faults.shortLoginUri = shortLoginUri;
    await context.client.call(operations.cameraList);
    expect(context.nvr.loginAttempts).toBe(attempts);
    context.nvr.faults.expireSessions();
    await context.client.call(operations.cameraList);
    expect(context.nvr.loginAttempts).toBe(attempts + 1);
  });

  it('do without cookies where the NVR does', async () => {
    context.nvr.faults.implicitSession = true;
    expect(await context.client.call(operations.cameraList)).toHaveLength(2);
  });

  it('stop after two attempts with a wrong password, and say what to do', async () => {
    const wrong = context.connect({ password: 'not-the-password' });
    const outcomes = await Promise.all(
      [1, 2, 3].map(() => wrong.call(operations.cameraList).catch((error: Error) => error)),
    );
    for (const outcome of [...outcomes, await wrong.call(operations.getPort).catch((error: Error) => error)]) {
      expect(outcome).toMatchObject({
        code: 'LOGIN_REJECTED',
        message: expect.stringContaining('check user name and password'),
      });
    }
    expect(context.nvr.loginAttempts).toBe(2);
    await wrong.close();
  });

  it('take pictures and leave none on the disk of the NVR', async () => {
    const jpeg = await context.client.takeSnapshot(2);
    expect(jpeg.subarray(0, 2).toString('hex')).toBe('ffd8');
    await until('the file to be gone', () => context.nvr.snapshotPaths.length === 0);
  });

  it('say what the NVR said where it refused', async () => {
    await expect(context.client.call(operations.cameraDetail, { ChannelID: 9 })).rejects.toMatchObject({
      code: 'NVR_REFUSED',
    });
    // The simulator lists this one as a request that contradicts the document; it was meant to.
    expect(context.nvr.refused).toHaveLength(1);
    (context.nvr.refused as unknown[]).length = 0;
  });

  it('send nothing that is not valid', async () => {
    await expect(context.client.callByName('cameraDetail', { ChannelID: 'one' })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER',
      path: 'ChannelID',
    });
    await expect(context.client.callByName('openSesame')).rejects.toMatchObject({ code: 'UNKNOWN_OPERATION' });
    await expect(context.client.callByName('toString')).rejects.toMatchObject({ code: 'UNKNOWN_OPERATION' });
    await expect(context.client.request({ method: 'GET', path: '//elsewhere/' })).rejects.toMatchObject({
      path: 'path',
    });
    await expect(context.client.request({ method: 'GET', path: '/日' })).rejects.toMatchObject({ path: 'path' });
    const half = { name: 'a\ud800' };
    await expect(context.client.request({ method: 'GET', path: '/a', query: half })).rejects.toMatchObject({
      path: 'name',
    });
    const query = 'a=1' as unknown as Record<string, string>;
    await expect(context.client.request({ method: 'GET', path: '/a', query })).rejects.toMatchObject({ path: 'query' });
    expect(context.nvr.requests).toEqual([]);
  });

  it('reach any other path', async () => {
    expect(await context.client.request({ method: 'GET', path: '/network/getPort' })).toMatchObject({
      http_port: context.nvr.port,
    });
  });

  it('understand a sloppy device', async () => {
    context.nvr.faults.stringReplies = true;
    expect(await context.client.call(operations.cameraStatus)).toMatchObject([
      { ChannelID: 1, Online: true },
      { ChannelID: 2 },
    ]);
    expect(context.lines.filter((line) => line.includes('differs from the document'))).toHaveLength(1);
    await context.client.call(operations.cameraStatus);
    expect(context.lines.filter((line) => line.includes('cameraStatus: the reply differs'))).toHaveLength(1);
  });

  describe.each([
    ['HTML in place of JSON', 'htmlReplies', true, 'INVALID_REPLY', 'OUTCOME_UNKNOWN'],
    ['an Error in place of data', 'errorReplies', true, 'NVR_REFUSED', 'NVR_REFUSED'],
    ['JSON that breaks off', 'brokenReplies', true, 'INVALID_REPLY', 'OUTCOME_UNKNOWN'],
    ['a connection that is reset', 'resetReplies', true, 'NVR_UNREACHABLE', 'OUTCOME_UNKNOWN'],
    ['no reply', 'stalledReplies', true, 'NVR_TIMEOUT', 'OUTCOME_UNKNOWN'],
    ['a slow reply', 'slowReplies', 30, 'done', 'done'],
  ] as const)('survive %s', (_case, fault, value, read, write) => {
    it(`as ${read} for a read and ${write} for a write, and work again after`, async () => {
      await context.client.call(operations.cameraList);
      Object.assign(context.nvr.faults, { [fault]: value });
      const options = { timeout: 2000 };
      expect(await outcomeOf(context.client.call(operations.cameraList, {}, options))).toBe(read);
      expect(
        await outcomeOf(context.client.call(operations.pinManualSetting, { pinID: 5, pinValue: 1 }, options)),
      ).toBe(write);
      Object.assign(context.nvr.faults, { [fault]: typeof value === 'number' ? 0 : false });
      expect(await context.client.call(operations.cameraList)).toHaveLength(2);
    });
  });

  it('say in seconds how long they waited', async () => {
    await context.client.call(operations.cameraList);
    context.nvr.faults.stalledReplies = true;
    const late = context.client.call(operations.cameraList, {}, { timeout: 100 });
    await expect(late).rejects.toThrow(/ did not answer in 0\.1 s$/);
    context.nvr.faults.stalledReplies = false;
  });

  it('say that the NVR is unreachable, and work again after its restart', async () => {
    await context.client.call(operations.cameraList);
    const { port } = context.nvr;
    await context.nvr.stop();
    expect(await outcomeOf(context.client.call(operations.cameraList))).toBe('NVR_UNREACHABLE');
    expect(await outcomeOf(context.client.call(operations.pinManualSetting, { pinID: 5, pinValue: 1 }))).toBe(
      'NVR_UNREACHABLE',
    );
    context.nvr = await Simulator.start({ cameras: 2, port });
    expect(await context.client.call(operations.cameraList)).toHaveLength(2);
  });

  it('are still made before the client closes, whatever else hangs or fails then', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    jest.spyOn(context.client.rtsp, 'close').mockReturnValue(promise);
    let cameras = 0;
    context.client.beforeClose(() => {
      throw new Error('clumsy');
    });
    context.client.beforeClose(async () => (cameras = (await context.client.call(operations.cameraList)).length));
    const closed = context.client.close();
    await until('the call', () => cameras > 0);
    resolve(undefined);
    await closed;
  });

  it('end with the reason of their signal, and with CLOSED when the client closes', async () => {
    await context.client.call(operations.cameraList);
    context.nvr.faults.stalledReplies = true;
    const reason = new Error('the flow was redeployed');
    const abort = new AbortController();
    const aborted = context.client.call(operations.cameraList, {}, { signal: abort.signal });
    abort.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    const closed = outcomeOf(context.client.call(operations.cameraList));
    await context.client.close();
    expect(await closed).toBe('CLOSED');
    expect(await outcomeOf(context.client.call(operations.cameraList))).toBe('CLOSED');
  });

  it('never write the password or the session into the log', async () => {
    await context.client.call(operations.cameraDetail, { ChannelID: 1 });
    context.nvr.faults.htmlReplies = true;
    await outcomeOf(context.client.call(operations.cameraList));
    context.nvr.faults.htmlReplies = false;
    context.client.events.subscribe({ message: () => undefined });
    await until('the hook to connect', () => context.client.events.connected);
    expect(context.lines.join('\n')).not.toMatch(/admin123|sid=|cookie/i);
  });
});

it('A write that waits for its place while the session ends is sent within the next one', async () => {
  const held: ServerResponse[] = [];
  const nvr = await startOddNvr({
    'GET /device/cameraStatus': (_request, response) => {
      if (nvr.count('POST /admin/login') > 1) return [];
      held.push(response);
      return undefined;
    },
    'POST /dio/pinManualSetting': (_request, response) => {
      if (nvr.count('POST /admin/login') > 1) return { Result: 'OK' };
      response.end('<html>please log in</html>');
      return undefined;
    },
  });
  const reads = Array.from({ length: 4 }, () => nvr.client.camera.cameraStatus());
  await until('the reads', () => held.length === 4);
  const write = nvr.client.io.pinManualSetting({ pinID: 5, pinValue: 1 });
  held.shift()?.writeHead(401).end();
  expect(await write).toEqual({ Result: 'OK' });
  for (const response of held) response.end('[]');
  await Promise.all(reads);
});
