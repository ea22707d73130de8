import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations } from '../../src/shared/index.js';
import { describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { slowness, work } from '../support/work.js';
import { makeIdentity, startTlsFront } from './tls-front.js';
import { withNvr } from './with-nvr.js';

const own = makeIdentity();
const other = makeIdentity();
const { fingerprint } = own;

describe('HTTPS', () => {
  const context = withNvr();

  it('reaches an NVR whose self-signed certificate is pinned, calls and sockets alike', async () => {
    const { port } = await startTlsFront(context.nvr, own);
    const client = context.connect({ https: true, port, fingerprint: fingerprint.toLowerCase().replaceAll(':', '') });
    expect(await client.call(operations.cameraList)).toHaveLength(2);
    client.events.subscribe({ message: () => undefined });
    await until('the hook to connect', () => client.events.connected);
    await client.close();
  });

  it('refuses a self-signed certificate that is not pinned, and says which it is', async () => {
    const { port } = await startTlsFront(context.nvr, own);
    const client = context.connect({ https: true, port });
    await expect(client.call(operations.cameraList)).rejects.toMatchObject({
      code: 'UNTRUSTED_CERTIFICATE',
      fingerprint,
      message: expect.stringContaining(fingerprint),
    });
    await client.close();
  });

  it('sends not one byte to a certificate other than the pinned one', async () => {
    const front = await startTlsFront(context.nvr, other);
    const client = context.connect({ https: true, port: front.port, fingerprint });
    const codes: (string | undefined)[] = [];
    await expect(client.call(operations.cameraList)).rejects.toMatchObject({ code: 'UNTRUSTED_CERTIFICATE' });
    client.events.subscribe({ message: () => undefined, disconnected: (error) => codes.push(error?.code) });
    await until('the hook to give up', () => codes.length === 1);
    expect(codes).toEqual(['UNTRUSTED_CERTIFICATE']);
    expect(front.heard(other)).toBe(0);
    await client.close();
  });

  it('tells a write that found no connection in time from one whose answer was lost', async () => {
    const front = await startTlsFront(context.nvr, own);
    const client = context.connect({ https: true, port: front.port, fingerprint });
    await client.call(operations.cameraList);
    front.deaf = true;
    const write = client.call(operations.pinManualSetting, { pinID: 5, pinValue: 1 }, { timeout: 100 });
    await expect(write).rejects.toMatchObject({ code: 'NVR_TIMEOUT' });
    expect(context.nvr.pin(5)).toBe(0);
    await client.close();
  });

  it('leaves the group of a key exchange to no peer: one of 10,000 bits would take a second', async () => {
    const odd = 2n ** 9999n + 2n ** 9998n + 1n;
    const integer = (value: bigint) => {
      const bytes = Buffer.from(value.toString(16).padStart(2, '0'), 'hex');
      return Buffer.concat([Buffer.from([0x02, 0x82, (bytes.length + 1) >> 8, (bytes.length + 1) & 0xff, 0]), bytes]);
    };
    const group = Buffer.concat([integer(odd), integer(2n)]);
    const der = Buffer.concat([Buffer.from([0x30, 0x82, group.length >> 8, group.length & 0xff]), group]);
    const dhparam = `-----BEGIN DH PARAMETERS-----\n${der.toString('base64')}\n-----END DH PARAMETERS-----\n`;
    const ciphers = 'DHE-RSA-AES128-GCM-SHA256';
    const pem = (name: string) => readFileSync(join(import.meta.dirname, `certificates/rsa.${name}.pem`), 'utf8');
    const cert = pem('cert');
    const rsa = { key: pem('key'), cert, fingerprint: new X509Certificate(cert).fingerprint256 };
    const front = await startTlsFront(context.nvr, rsa, { ciphers, dhparam, maxVersion: 'TLSv1.2' });
    const client = context.connect({ https: true, port: front.port, fingerprint: rsa.fingerprint });
    const before = work();
    await expect(client.call(operations.cameraList)).rejects.toMatchObject({ code: 'NVR_UNREACHABLE' });
    expect(front.heard(rsa)).toBe(0);
    expect((work() - before) / slowness()).toBeLessThan(400);
    await client.close();
  });

  it('says so where the port speaks plain HTTP', async () => {
    const client = context.connect({ https: true, port: context.nvr.port });
    await expect(client.call(operations.cameraList)).rejects.toMatchObject({
      code: 'NVR_UNREACHABLE',
      message: expect.stringContaining('is it the HTTP port'),
    });
    await client.close();
  });
});
