import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readBundle, Simulator } from '../../packages/simulator/src/index.js';
import type * as Apart from '../../src/doctor/capture-apart.js';
import { MemoryStore, Nvr } from '../../src/shared/index.js';
import { reads } from '../../src/shared/diagnosis/capture/questions.js';
import { limits } from '../../src/shared/limits.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';
import { leastTurn } from '../support/work.js';
import { startOddNvr } from './odd-nvr.js';

let captureApart: typeof Apart.captureApart;
beforeAll(async () => {
  // As it is shipped: a thread is begun from what was built.
  const packed = join(await packedPackage(), 'node_modules/homebridge-everfocus-nvr/dist/doctor/capture-apart.js');
  ({ captureApart } = (await import(pathToFileURL(packed).href)) as typeof Apart);
}, 120_000);

const endless = new AbortController().signal;

describe('a capture in a thread of its own', () => {
  it('of an NVR that says as much as is taken holds up nobody', async () => {
    // Names without end, each a secret of its own.
    const names = Array.from({ length: 6000 }, (_, number) => ({ Model: `Nursery ${number}` }));
    const text = JSON.stringify(names).slice(0, limits.capture.body);
    const answers = reads().map(
      ({ method, path }) =>
        [`${method} ${path}`, (_: unknown, response: { end(text: string): void }) => void response.end(text)] as const,
    );
    const { client } = await startOddNvr(Object.fromEntries(answers));
    const [host = '', port] = client.address.split(':');
    const account = { host, port: Number(port), username: 'admin', password: 'p4ssw0rd' };
    const turn = await leastTurn(250, async () => {
      const captured = await captureApart({ account, listen: 1, signal: endless });
      expect(captured.text.length).toBeGreaterThan(4 * 1024 * 1024);
      expect(captured.text).not.toContain('Nursery');
      expect(captured.contents.operations).toBeGreaterThan(25);
    });
    expect(turn).toBeLessThan(250);
  });

  it('asks with what the host has learnt: over HTTPS, by the certificate that it trusts, and keeps nothing', async () => {
    await using simulator = await Simulator.start({ cameras: 1, httpsPort: 0 });
    const store = new MemoryStore();
    const { host, httpsPort: port } = simulator;
    const account = { host, port, https: true, username: 'admin', password: 'admin123', store };
    {
      await using nvr = new Nvr(account);
      await nvr.system.getSystemInfo();
    }
    const looked: string[] = [];
    const { file, text } = await captureApart({
      ...{ account, listen: 1, signal: endless },
      progress: (at) => looked.push(at),
    });
    const { exchanges } = readBundle(Buffer.from(text));
    expect(file).toMatch(/^everfocus-capture-\d{12}\.json$/);
    expect(exchanges.filter((exchange) => 'status' in exchange && exchange.status === 200).length).toBeGreaterThan(30);
    expect(looked).toEqual(expect.arrayContaining(['cameraList', 'push sockets and live streams']));
    expect(text).not.toContain('admin123');

    simulator.faults.changedCertificate();
    const refused = readBundle(Buffer.from((await captureApart({ account, listen: 1, signal: endless })).text));
    expect(refused.exchanges).toEqual([expect.objectContaining({ failure: 'UNTRUSTED_CERTIFICATE' })]);
  });

  it('ends with its signal, and leaves nothing open', async () => {
    await using simulator = await Simulator.start({ cameras: 1 });
    const { host, port } = simulator;
    const ending = new AbortController();
    const account = { host, port, username: 'admin', password: 'admin123' };
    const taken = captureApart({ account, signal: ending.signal });
    const ended = expect(taken).rejects.toThrow('enough');
    await until('it listens', () => simulator.openSockets > 0);
    ending.abort(new Error('enough'));
    await ended;
    // The NVR hears of it by the network.
    await until('nothing to be open', () => simulator.openSockets + simulator.openSessions === 0);
  });
});
