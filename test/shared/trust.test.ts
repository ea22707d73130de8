import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect as connectTcp, createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { withNvr } from './with-nvr.js';

const context = withNvr();

function read(name: string): Buffer {
  return readFileSync(new URL(`certificates/${name}.pem`, import.meta.url));
}

const fingerprint = new X509Certificate(read('nvr.cert')).fingerprint256;

let server: Server | undefined;
/** The peer takes connections and says nothing. */
let deaf: boolean;
/** What a peer was told after the handshake, bytes. */
let received: number;

afterEach(() => {
  server?.close();
  server = undefined;
});

/** TLS in front of the simulator, with a self-signed certificate. */
async function secure(certificate: 'nvr' | 'other'): Promise<number> {
  received = 0;
  deaf = false;
  const tls = createTlsServer({ key: read(`${certificate}.key`), cert: read(`${certificate}.cert`) }, (outside) => {
    const inside = connectTcp(context.nvr.port, context.nvr.host);
    outside.on('data', (data: Buffer) => (received += data.length));
    outside.pipe(inside).pipe(outside);
    for (const socket of [outside, inside]) {
      socket.on('error', () => undefined);
      socket.on('close', () => [outside, inside].forEach((either) => either.destroy()));
    }
  });
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (!deaf) tls.emit('connection', socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('HTTPS', () => {
  it('reaches an NVR whose self-signed certificate is pinned, calls and sockets alike', async () => {
    const client = context.connect({ https: true, port: await secure('nvr'), fingerprint: fingerprint.toLowerCase() });
    expect(await client.call('cameraList')).toHaveLength(2);
    client.events.subscribe({ message: () => undefined });
    await until('the hook to connect', () => client.events.connected);
    await client.close();
  });

  it('refuses a self-signed certificate that is not pinned, and says which it is', async () => {
    const client = context.connect({ https: true, port: await secure('nvr') });
    await expect(client.call('cameraList')).rejects.toMatchObject({
      code: 'UNTRUSTED_CERTIFICATE',
      fingerprint,
      message: expect.stringContaining(fingerprint),
    });
    await client.close();
  });

  it('sends not one byte to a certificate other than the pinned one', async () => {
    const client = context.connect({ https: true, port: await secure('other'), fingerprint });
    const codes: (string | undefined)[] = [];
    await expect(client.call('cameraList')).rejects.toMatchObject({ code: 'UNTRUSTED_CERTIFICATE' });
    client.events.subscribe({ message: () => undefined, disconnected: (error) => codes.push(error?.code) });
    await until('the hook to give up', () => codes.length === 1);
    expect(codes).toEqual(['UNTRUSTED_CERTIFICATE']);
    expect(received).toBe(0);
    await client.close();
  });

  it('tells a write that found no connection in time from one whose answer was lost', async () => {
    const client = context.connect({ https: true, port: await secure('nvr'), fingerprint });
    await client.call('cameraList');
    deaf = true;
    const write = client.call('pinManualSetting', { pinID: 5, pinValue: 1 }, { timeout: 100 });
    await expect(write).rejects.toMatchObject({ code: 'NVR_TIMEOUT' });
    expect(context.nvr.pin(5)).toBe(0);
    await client.close();
  });

  it('says so where the port speaks plain HTTP', async () => {
    const client = context.connect({ https: true, port: context.nvr.port });
    await expect(client.call('cameraList')).rejects.toMatchObject({
      code: 'NVR_UNREACHABLE',
      message: expect.stringContaining('is it the HTTP port'),
    });
    await client.close();
  });
});
