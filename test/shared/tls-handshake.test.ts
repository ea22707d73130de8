import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, rootCertificates, type Server, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  bits,
  boolean,
  integer,
  objectId,
  octets,
  sequence,
  set,
  tagged,
  time,
  utf8,
} from '../../packages/simulator/src/certificates/der.js';
import { meet } from '../../src/shared/diagnosis/place.js';
import { tlsConnection } from '../../src/shared/link/tls-connection.js';
import { operations, systemClock } from '../../src/shared/index.js';
import { until } from '../support/until.js';
import { makeIdentity } from './tls-front.js';
import { withNvr } from './with-nvr.js';

const DAY = 86_400_000;

/** A chain of so many certificates, each on the curve that takes OpenSSL longest, and none of them signed well. */
function longChain(length: number) {
  const leaf = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const other = generateKeyPairSync('ec', { namedCurve: 'sect571r1' });
  const signature = sequence(objectId('1.2.840.10045.4.3.4'));
  const name = (number: number) => sequence(set(sequence(objectId('2.5.4.3'), utf8(`c${number}`))));
  const isAuthority = sequence(objectId('2.5.29.19'), boolean(true), octets(sequence(boolean(true))));
  const signed = bits(sign('sha512', Buffer.from('something else'), other.privateKey));
  const certificate = (number: number, key: KeyObject) => {
    const body = sequence(
      ...[tagged(0, integer(Buffer.of(2))), integer(Buffer.of(number + 1)), signature, name(number + 1)],
      sequence(time(Date.now() - DAY), time(Date.now() + DAY)),
      ...[name(number), key.export({ type: 'spki', format: 'der' }), tagged(3, sequence(isAuthority))],
    );
    const der = sequence(body, signature, signed).toString('base64');
    return `-----BEGIN CERTIFICATE-----\n${der.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  };
  const certificates = Array.from({ length }, (_, number) =>
    certificate(number, (number === 0 ? leaf : other).publicKey),
  );
  return {
    key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: certificates.join(''),
  };
}

let server: Server | undefined;
afterEach(() => void server?.close());

async function serve(options: Parameters<typeof createServer>[0], taken: (socket: TLSSocket) => void) {
  server = createServer(options ?? {}, (socket) => {
    socket.on('error', () => undefined);
    taken(socket);
  }).on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('A TLS handshake', () => {
  const context = withNvr();

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of %s whose certificates take half a second is no handshake',
    async (version) => {
      const chain = longChain(100);
      let taken = 0;
      const port = await serve({ ...chain, minVersion: version, maxVersion: version }, () => (taken += 1));
      const client = context.connect({ https: true, port });
      await expect(client.call(operations.cameraList)).rejects.toMatchObject({
        code: 'NVR_UNREACHABLE',
        message: expect.stringContaining('its handshake has more than 20480 bytes'),
      });
      expect(client.limits.hits).toMatchObject([{ limit: 'socket.certificates' }]);
      const place = { host: '127.0.0.1', clock: systemClock, signal: new AbortController().signal, patience: 5000 };
      expect(await meet(port, true, place)).toMatchObject({ problem: expect.stringContaining('20480 bytes') });
      expect(taken).toBe(0);
      await client.close();
    },
  );

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of %s may name the authorities of clients that a system knows, as brokers do',
    async (version) => {
      const asks = { ca: [...rootCertificates], requestCert: true, rejectUnauthorized: false };
      const port = await serve(
        { ...longChain(20), ...asks, minVersion: version, maxVersion: version },
        () => undefined,
      );
      const socket = tlsConnection({
        ...{ host: '127.0.0.1', port, handshake: 'broker.certificates' },
        rejectUnauthorized: false,
      });
      await once(socket, 'secureConnect');
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    },
  );

  it('happens once in a connection, whatever the NVR wants', async () => {
    const identity = makeIdentity();
    let again = 0;
    let refused = 0;
    const port = await serve({ ...identity, maxVersion: 'TLSv1.2' }, (socket) => {
      socket.on('error', () => {
        refused += 1;
        socket.destroy();
      });
      socket.once('data', () => {
        socket.renegotiate({ rejectUnauthorized: false }, (error) => {
          if (!error) again += 1;
          socket.end('HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"Result":"OK"}');
        });
      });
    });
    const client = context.connect({ https: true, port, fingerprint: identity.fingerprint });
    await expect(client.call(operations.cameraList)).rejects.toMatchObject({ code: 'NVR_UNREACHABLE' });
    await until('the refusal', () => refused > 0);
    expect(again).toBe(0);
    await client.close();
  });
});
