import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MemoryStore, Nvr, type NvrEvent, UntrustedCertificateError } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';

const names = {
  country_name: 'TW',
  state_or_province_name: 'New Taipei City',
  locality_name: 'Sheng Keng',
  organization_name: 'Everfocus Electronic Corp.',
  organization_unit_name: 'R&D Division',
  common_name: 'www.everfocus.com.tw',
  email_address: 'receiver@email.address',
};

describe('an NVR by HTTPS and WSS', () => {
  let simulator: Simulator;
  let nvr: Nvr;
  const refused: string[] = [];

  beforeAll(async () => {
    simulator = await Simulator.start({ cameras: 2, httpsPort: 0 });
    const { host, httpsPort: port = 0 } = simulator;
    nvr = new Nvr({ host, port, https: true, store: new MemoryStore(), username: 'admin', password: 'admin123' });
  });
  afterAll(async () => {
    await nvr.close();
    expect(simulator.refused).toEqual([]);
    await simulator.stop();
  });

  it('is logged in to, read, written, listened to and watched', async () => {
    const events: NvrEvent[] = [];
    nvr.events.subscribe({
      message: (event) => events.push(event),
      disconnected: (error) => refused.push(error?.code ?? 'closed'),
    });
    expect(await nvr.network.getPort()).toMatchObject({ https_port: simulator.httpsPort });
    await nvr.io.pinManualSetting({ pinID: 5, pinValue: 1 });
    expect(simulator.pin(5)).toBe(1);
    await until('the hook', () => nvr.events.connected);
    simulator.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    await until('the event', () => events.some(({ channel, type }) => channel === 2 && type === 'Motion'));
    expect(await nvr.feed(1, 'sub').keyframe()).toMatchObject({ kind: 'video', keyframe: true });
    expect(simulator.requests.filter(({ upgrade }) => upgrade).length).toBeGreaterThan(1);
  });

  it('is trusted again after it was told to make another certificate', async () => {
    await nvr.network.generateCertificate({ ...names, validity_days: 30 });
    const error = await nvr.io.pinManualSetting({ pinID: 5, pinValue: 0 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UntrustedCertificateError);
    expect(error).toHaveProperty('fingerprint', simulator.fingerprint);
    expect(simulator.pin(5)).toBe(1);
    await nvr.trustCertificate(simulator.fingerprint);
    await nvr.io.pinManualSetting({ pinID: 5, pinValue: 0 });
    expect(await nvr.network.getCertificateInfo()).toMatchObject({
      subject: { organizationalUnitName: 'R&D Division' },
    });
  });

  it('loses its hook to a stranger, after a restart too', async () => {
    refused.length = 0;
    simulator.faults.changedCertificate();
    await simulator.restart();
    await until('the hook to give up', () => refused.includes('UNTRUSTED_CERTIFICATE'));
    const requests = simulator.requests.length;
    await expect(nvr.network.getPort()).rejects.toMatchObject({ code: 'UNTRUSTED_CERTIFICATE' });
    expect(simulator.requests).toHaveLength(requests);
  });
});
