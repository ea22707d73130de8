import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Nvr, operations } from '../../src/shared/index.js';
import { tlsConnection } from '../../src/shared/link/tls-connection.js';
import { makeIdentity } from './tls-front.js';
import { withNvr } from './with-nvr.js';

const identity = makeIdentity();
const opened: (Server | Socket)[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) {
    if ('destroy' in each) each.destroy();
    else each.close();
  }
});

async function listening(server: Server): Promise<number> {
  opened.push(server);
  server.on('connection', (socket: Socket) => opened.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('A TLS connection that is disturbed', () => {
  const context = withNvr();
  const login: Readonly<Record<string, unknown>> = {
    'GET /admin/login': { realm: 'xnvr', qop: 'auth', nonce: 'n', opaque: '' },
    'POST /admin/login': { Result: 'OK', Description: 'userID=1' },
  };
  const ok = (body: string, length = body.length) =>
    `HTTP/1.1 200 OK\r\nSet-Cookie: sid=1\r\nContent-Length: ${length}\r\n\r\n${body}`;

  /** An NVR whose replies break off, behind somebody who can write between its records. */
  async function disturbed() {
    const secure = createTlsServer({ ...identity }, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        const [request = ''] = /^\w+ [^ ?]+/.exec(data.toString()) ?? [];
        const answer = login[request];
        if (answer) socket.write(ok(JSON.stringify(answer)));
        else socket.write(ok('[', 1000), () => answers.push(request));
      });
    });
    const inside = await listening(secure);
    const answers: string[] = [];
    const sides: Socket[] = [];
    const port = await listening(
      createServer((outside) => {
        const nvr = connect(inside, '127.0.0.1').on('error', () => undefined);
        opened.push(nvr);
        sides.push(outside);
        nvr.pipe(outside).pipe(nvr);
      }),
    );
    const client: Nvr = context.connect({ https: true, port, fingerprint: identity.fingerprint });
    /** As an alert, what is no record ends TLS; TCP stays. */
    const disturb = () => sides.forEach((side) => side.write(Buffer.alloc(64, 0x63)));
    return { client, answers, disturb };
  }

  it('in the middle of a reply is known to be lost at once, though TCP stays', async () => {
    const { client, answers, disturb } = await disturbed();
    const call = client.call(operations.cameraList).catch((error: unknown) => error);
    const watch = setInterval(() => answers.length > 0 && disturb(), 20);
    expect(await call).toMatchObject({ code: 'NVR_UNREACHABLE' });
    clearInterval(watch);
    await client.close();
  });
});

it('A TLS connection that brings all that it can leaves others their turn in between', async () => {
  const port = await listening(
    createTlsServer({ ...identity }, (socket) => void socket.on('error', () => undefined).write(Buffer.alloc(2 ** 23))),
  );
  const socket = tlsConnection({ host: '127.0.0.1', port, rejectUnauthorized: false });
  opened.push(socket);
  let [whole, most, now] = [0, 0, 0];
  socket.on('data', ({ length }: Buffer) => {
    whole += length;
    now += length;
    most = Math.max(most, now);
  });
  // A turn of others each time that libuv has read.
  for (; whole < 2 ** 23; now = 0) await turn();
  expect(most).toBeLessThanOrEqual(2 * 64 * 1024);
});
