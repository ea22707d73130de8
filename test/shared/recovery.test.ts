import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { ManualClock, Nvr, operations } from '../../src/shared/index.js';
import { until } from '../support/until.js';

/** An NVR that answers calls, and lets nobody open a WebSocket. */
async function withoutSockets() {
  const state = { tries: 0 };
  const replies: Record<string, object> = {
    'GET /admin/login': { realm: 'xnvr', qop: 'auth', nonce: 'n', opaque: '' },
    'GET /device/cameraList': [],
  };
  const server = createServer((request, response) => {
    const [path] = (request.url ?? '').split('?');
    request.resume().on('end', () => {
      const reply = replies[`${request.method} ${path}`] ?? { Result: 'OK' };
      response.setHeader('set-cookie', 'sid=1').end(JSON.stringify(reply));
    });
  });
  server.on('upgrade', (_request, socket) => {
    state.tries += 1;
    socket.destroy();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return Object.assign(state, {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
}

it('hurries what waits to connect again as soon as any call has been answered', async () => {
  await using device = await withoutSockets();
  const clock = new ManualClock(Date.now());
  await using nvr = new Nvr({ host: '127.0.0.1', port: device.port, username: 'admin', password: 'secret', clock });
  nvr.events.subscribe({ message: () => undefined });
  for (let tries = 1; tries <= 6; tries += 1) {
    await until('the next try', () => {
      if (device.tries < tries) clock.advance(250);
      return device.tries >= tries;
    });
  }
  // The next wait would be 16 s.
  await nvr.call(operations.cameraList);
  let waited = 0;
  await until('another try', () => {
    if (waited < 1000) clock.advance(10);
    waited += 10;
    return device.tries > 6;
  });
  expect(device.tries).toBe(7);
});
