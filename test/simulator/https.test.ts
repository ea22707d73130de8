import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect, type PeerCertificate } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FormData } from 'undici';
import { Simulator } from '../../packages/simulator/src/index.js';
import { makeIdentity } from '../shared/tls-front.js';
import { Visitor } from './visitor.js';

const read = (name: string) => readFileSync(new URL(`../shared/certificates/${name}.pem`, import.meta.url), 'utf8');
const given = { key: read('nvr.key'), cert: read('nvr.cert') };

const wanted = {
  country_name: 'DE',
  state_or_province_name: '',
  locality_name: 'Köln',
  organization_name: 'Müller & Söhne',
  organization_unit_name: 'IT, 2nd floor',
  common_name: 'nvr.example',
  email_address: 'it@müller.example',
};

describe('HTTPS of the simulator', () => {
  let simulator: Simulator;
  let visitor: Visitor;
  beforeAll(async () => {
    simulator = await Simulator.start({ httpsPort: 0, controlPort: 0 });
    visitor = await Visitor.loggedIn(simulator);
  });
  afterAll(() => simulator.stop());

  /** The certificate that a new connection is shown. */
  const shown = () =>
    new Promise<PeerCertificate>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: simulator.httpsPort, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate());
        socket.destroy();
      });
      socket.on('error', reject);
    });
  const info = async () => (await visitor.get('/https/getCertificateInfo')).json as Record<string, unknown>;
  const get = (path: string) =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: simulator.httpsPort, path, rejectUnauthorized: false };
      request(options, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += String(chunk)));
        response.on('end', () => resolve({ status: response.statusCode, body }));
      })
        .on('error', reject)
        .end();
    });
  const upload = async (key: string, cert: string) => {
    const body = new FormData();
    body.append('key', key);
    body.append('cert', cert);
    return (await visitor.carry({ method: 'POST', path: '/https/uploadCertificate', body })).json;
  };

  it('serves the same API, and tells its port', async () => {
    expect(JSON.parse((await get('/admin/login')).body)).toMatchObject({ realm: 'xnvr' });
    expect((await get('/network/getPort')).status).toBe(401);
    expect((await visitor.get('/network/getPort')).json).toMatchObject({ https_port: simulator.httpsPort });
  });

  it('is off unless asked for, and has a certificate all the same', async () => {
    await using plain = await Simulator.start();
    const guest = await Visitor.loggedIn(plain);
    expect(plain.httpsPort).toBeUndefined();
    expect((await guest.get('/network/getPort')).json).toMatchObject({ https_port: 0 });
    expect((await guest.get('/https/getCertificateInfo')).json).toHaveProperty('subject.countryName', 'TW');
  });

  it('tells of the certificate that it really shows', async () => {
    const certificate = await shown();
    expect(certificate.fingerprint256).toBe(simulator.fingerprint);
    const told = await info();
    expect(told).toMatchObject({ serial: certificate.serialNumber, subject: { commonName: certificate.subject.CN } });
    expect(told['issuer']).toEqual(told['subject']);
    expect(told['notBefore']).toBe(new Date(certificate.valid_from).toISOString());
    expect(told['notAfter']).toBe(new Date(certificate.valid_to).toISOString());
  });

  it('generates one, which the next connection is shown', async () => {
    const before = await shown();
    const reply = await visitor.post('/https/generateCertificate', { ...wanted, validity_days: '10' });
    expect(reply.json).toEqual({ Result: 'OK' });
    const after = await shown();
    expect(after.fingerprint256).not.toBe(before.fingerprint256);
    expect(after.subject.CN).toBe('nvr.example');
    const told = await info();
    expect(told).toMatchObject({
      subject: {
        countryName: 'DE',
        localityName: 'Köln',
        organizationName: 'Müller & Söhne',
        organizationalUnitName: 'IT, 2nd floor',
        emailAddress: 'it@müller.example',
      },
      serial: after.serialNumber,
    });
    expect(told['subject']).not.toHaveProperty('stateOrProvinceName');
    expect(Date.parse(String(told['notAfter'])) - Date.parse(String(told['notBefore']))).toBe(10 * 86_400_000);
  });

  it('makes it valid for 3,650 days where nobody says', async () => {
    await visitor.post('/https/generateCertificate', wanted);
    const { notBefore, notAfter } = await info();
    expect(Date.parse(String(notAfter)) - Date.parse(String(notBefore))).toBe(3650 * 86_400_000);
  });

  it.each([
    [{ validity_days: 10 }, /validity_days/],
    [{ validity_days: '0' }, /validity_days/],
    [{ validity_days: 'ten' }, /validity_days/],
    [{ country_name: 'Germany' }, /country_name/],
  ])('refuses to generate one with %j', async (change, why) => {
    const before = simulator.fingerprint;
    const { json } = await visitor.post('/https/generateCertificate', { ...wanted, ...change });
    expect(json).toEqual({ Result: 'Error', Description: expect.stringMatching(why) });
    expect(simulator.fingerprint).toBe(before);
  });

  it('takes one that is uploaded, which the next connection is shown', async () => {
    expect(await upload(given.key, given.cert)).toEqual({ Result: 'OK' });
    expect((await shown()).fingerprint256).toBe(simulator.fingerprint);
    expect((await info())['serial']).toBe((await shown()).serialNumber);
    await simulator.restart();
    await visitor.login();
    expect((await info())['serial']).toBe((await shown()).serialNumber);
  });

  const strange = makeIdentity();
  const junk = (text: string) => text.replace(/\n[^-]{8}/, '\nAAAAAAAA');
  it.each([
    ['a key that is not that of the certificate', strange.key, given.cert, /not that of the certificate/],
    ['a key that is no PEM', 'secret', given.cert, /^key/],
    ['a certificate that is no PEM', given.key, 'certificate', /^cert/],
    ['a key of junk', junk(given.key), given.cert, /^key: cannot be read/],
    ['a certificate of junk', given.key, junk(given.cert), /^cert: cannot be read/],
    ['both in the wrong fields', given.cert, given.key, /^(key|cert)/],
  ])('refuses %s, and goes on with what it had', async (_, key, cert, why) => {
    const before = simulator.fingerprint;
    expect(await upload(key, cert)).toEqual({ Result: 'Error', Description: expect.stringMatching(why) });
    expect((await shown()).fingerprint256).toBe(before);
  });

  it.each(['changedCertificate', 'expiredCertificate'] as const)('has the fault %s', async (fault) => {
    const before = simulator.fingerprint;
    simulator.faults[fault]();
    const { fingerprint256, valid_to } = await shown();
    expect(fingerprint256).not.toBe(before);
    expect(Date.parse(valid_to) < Date.now()).toBe(fault === 'expiredCertificate');
  });

  it('gives its port back, and comes back at it', async () => {
    const { httpsPort } = simulator;
    await simulator.restart();
    expect(simulator.httpsPort).toBe(httpsPort);
    expect((await get('/admin/login')).status).toBe(200);
    const other = await Simulator.start({ httpsPort: 0 });
    await other.stop();
    await expect(fetch(`https://127.0.0.1:${other.httpsPort}/`)).rejects.toThrow();
    await expect(Simulator.start({ httpsPort: httpsPort ?? 0 })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
