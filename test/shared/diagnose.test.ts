import { describe, expect, it } from '@jest/globals';
import { diagnose, type Diagnosis } from '../../src/shared/index.js';
import { operations } from '../../src/shared/sdk/index.js';
import { startOddNvr } from './odd-nvr.js';
import { withNvr } from './with-nvr.js';

const context = withNvr();

const findingsOf = ({ checks }: Diagnosis) => Object.fromEntries(checks.map(({ name, finding }) => [name, finding]));
const failuresOf = ({ checks }: Diagnosis) => checks.filter(({ passed }) => !passed);

describe('a diagnosis', () => {
  it('tries every read, every hook and both live streams, and finds nothing wrong with a good NVR', async () => {
    const diagnosis = await diagnose(context.client);
    expect(failuresOf(diagnosis)).toEqual([]);
    expect(findingsOf(diagnosis)).toMatchObject({
      login: expect.stringMatching(/^digest over \/admin\/login; .*firmware/),
      clock: expect.stringMatching(/^-?\d s ahead of this machine$/),
      cameraList: '2 entries',
      getEMail: 'understood',
      eventHook: 'open',
      exceptionListen: 'open',
      'live 1/main': 'h264 1280x720, little-endian, datalen leaves the header out',
      'live 1/sub': 'h264 640x360, little-endian, datalen leaves the header out',
    });
    expect(diagnosis.dialect).toEqual({
      loginUri: '/admin/login',
      frames: { byteOrder: 'little', headerCounted: false },
    });
  });

  it('changes nothing: every request that it makes is a read', async () => {
    await diagnose(context.client);
    const reads = Object.values(operations).filter(({ effect }) => effect === 'read');
    const paths = new Set<string>(reads.map(({ path }) => path));
    const asked = context.nvr.requests.filter(({ upgrade, path }) => !upgrade && path !== '/admin/login');
    expect(asked.length).toBeGreaterThan(25);
    expect(asked.filter(({ path }) => !paths.has(path))).toEqual([]);
  });

  it('finds out how this NVR reads the open points', async () => {
    Object.assign(context.nvr.faults, { shortLoginUri: true, bigEndianFrames: true, headerCountedFrames: true });
    expect((await diagnose(context.client)).dialect).toEqual({
      loginUri: '/login',
      frames: { byteOrder: 'big', headerCounted: true },
    });
  });

  it('goes on after what fails, and says with which code', async () => {
    await context.client.call(operations.getPort);
    context.nvr.faults.errorReplies = true;
    const failures = failuresOf(await diagnose(context.client));
    expect(failures.map(({ name, code }) => [name, code])).toEqual([['login', 'NVR_REFUSED']]);
  });

  it('stops at a wrong password', async () => {
    const client = context.connect({ password: 'wrong' });
    const { checks } = await diagnose(client);
    await client.close();
    expect(checks).toMatchObject([{ name: 'login', passed: false, code: 'LOGIN_REJECTED' }]);
    expect(context.nvr.loginAttempts).toBe(2);
  });

  it('is made of short lines, whatever words the NVR has', async () => {
    const words = `\u001b[2J\r\n[error] \u202e${'x'.repeat(100_000)}`;
    const refusals = Object.values(operations)
      .filter(({ effect, path }) => effect === 'read' && path !== '/admin/login')
      .map(({ method, path }) => [`${method} ${path}`, () => ({ Result: 'Error', Description: words })]);
    const { client } = await startOddNvr(
      {
        ...(Object.fromEntries(refusals) as Record<string, () => unknown>),
        'GET /system/getSystemInfo': () => ({ model: words, software_version: words }),
      },
      { upgrade: (_request, socket) => !socket.destroy() },
    );
    const { checks } = await diagnose(client);
    expect(checks.length).toBeGreaterThan(25);
    // eslint-disable-next-line no-control-regex
    const isBad = (line: string) => line.length > 2000 || /[\0-\x1f\x7f-\x9f\u202e]/.test(line);
    expect(checks.filter(({ finding }) => isBad(finding))).toEqual([]);
  });

  it('ends with its signal', async () => {
    const reason = new Error('enough');
    await expect(diagnose(context.client, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
