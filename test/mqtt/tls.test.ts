import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrokerConfig } from '../../src/mqtt/config/read.js';
import type { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { bridgeConfig, certificate, DAY, nvrConfig, startBridge, startNvr } from './rig.js';
import { TestBroker } from './test-broker.js';

describe('A broker that is spoken to by TLS', () => {
  const own = certificate('localhost');
  const client = certificate('bridge');
  let nvr: Simulator;
  let broker: TestBroker;
  beforeAll(async () => {
    ({ nvr } = await startNvr());
    broker = await TestBroker.start({ tls: { ...{ cert: own.cert, key: own.key }, ca: client.cert } });
  });
  afterAll(async () => {
    await nvr.stop();
    await broker[Symbol.asyncDispose]();
  });

  /** What the log says once it is connected, or has been refused. */
  const attempt = async (more: Partial<BrokerConfig>, port = broker.port) => {
    const config = bridgeConfig(port, [nvrConfig(nvr)]);
    const secret = { username: 'user', password: 'swordfish!' };
    const login = { host: 'localhost', port, tls: true, version: '5', clientId: 'everfocus-home' } as const;
    await using bridge = startBridge({ ...config, broker: { ...login, ...secret, ...more } });
    await until('a word of the broker', () => bridge.lines.some((line) => /broker/.test(line)));
    await bridge.stop();
    const log = bridge.lines.join('\n');
    expect(log).not.toContain('swordfish!');
    return log;
  };
  const mine = { cert: client.cert, key: client.key };

  it('is believed where its certificate is the one that the configuration names, and shown ours', async () => {
    expect(await attempt({ ca: own.cert, ...mine })).toContain('info connected to the broker');
  });

  it.each([
    ['nobody vouches for', {}, /self-signed certificate/],
    [
      'another authority vouches for',
      { ca: certificate('localhost').cert },
      /self-signed certificate|unable to verify/,
    ],
    ['is of another host', { ca: own.cert, host: '127.0.0.1' }, /altnames|does not match/i],
  ])('is refused where %s its certificate', async (_, more, why) => {
    const log = await attempt({ ...mine, ...more });
    expect(log).not.toContain('connected to the broker');
    expect(log).toMatch(why);
  });

  it('is refused where its certificate has expired', async () => {
    const old = certificate('localhost', Date.now() - DAY);
    await using other = await TestBroker.start({ tls: { cert: old.cert, key: old.key } });
    const log = await attempt({ ca: old.cert }, other.port);
    expect(log).not.toContain('connected to the broker');
    expect(log).toMatch(/expired/);
  });

  it('refuses a bridge without the certificate that it wants', async () => {
    const log = await attempt({ ca: own.cert });
    expect(log).not.toContain('connected to the broker');
    expect(log).toMatch(/the broker is away/);
  });
});
