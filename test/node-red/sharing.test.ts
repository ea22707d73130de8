import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { credentials, helper, inbox, nvrNode, palette, until } from './support/palette.js';
import { api, deploy, event, logged, motion, out, tab, withRuntime } from './support/runtime.js';

const simulator = withRuntime();

describe('sharing and closing', () => {
  const second = { ...event, id: 'event2', wires: [['out']] };

  it('two event nodes and a call share one session and one socket', async () => {
    await deploy(simulator(), { ...event, wires: [['out']] }, second, api);
    const box = inbox('out');
    await until(() => simulator().openSockets === 1);
    helper.getNode('api').receive({});
    await box.next();
    simulator().throwEvent(motion);
    await box.next();
    await box.next();
    expect(simulator().openSockets).toBe(1);
    expect(simulator().loginAttempts).toBe(1);
  });

  it('a redeploy leaks no socket', async () => {
    const flow = [tab, nvrNode(simulator()), { ...event, wires: [['out']] }, second, api, out];
    await helper.load(palette, flow, credentials());
    await until(() => simulator().openSockets === 1);
    for (let round = 0; round < 5; round += 1) {
      await helper.setFlows(flow, 'full');
      await until(() => simulator().openSockets === 1);
    }
    await helper.setFlows([tab, nvrNode(simulator()), api, out], 'full');
    await until(() => simulator().openSockets === 0);
  });

  it('a node that is removed gives back its part of the shared socket only', async () => {
    const nodes = [tab, nvrNode(simulator()), { ...event, wires: [['out']] }, second, out];
    await helper.load(palette, nodes, credentials());
    await until(() => simulator().openSockets === 1);
    await helper.setFlows(
      nodes.filter(({ id }) => id !== 'event2'),
      'nodes',
    );
    const box = inbox('out');
    simulator().throwEvent(motion);
    expect((await box.next()).payload).toEqual(motion);
    expect(simulator().openSockets).toBe(1);
    expect(simulator().loginAttempts).toBe(1);
  });

  it('the last event node that is removed closes the shared socket, while the NVR is still in use', async () => {
    const nodes = [tab, nvrNode(simulator()), { ...event, wires: [['out']] }, api, out];
    await helper.load(palette, nodes, credentials());
    await until(() => simulator().openSockets === 1);
    await helper.setFlows(
      nodes.filter(({ id }) => id !== 'event'),
      'nodes',
    );
    await until(() => simulator().openSockets === 0);
    expect(simulator().requests.map(({ path }) => path)).not.toContain('/admin/logout');
  });

  it('a removed NVR is logged out of', async () => {
    await deploy(simulator(), api);
    const box = inbox('out');
    helper.getNode('api').receive({});
    await box.next();
    await helper.setFlows([tab, out], 'full');
    await until(() => simulator().requests.some(({ path }) => path === '/admin/logout'));
  });

  it('closing ends a call under way, which is no error, while others go on using the NVR', async () => {
    const nodes = [tab, nvrNode(simulator()), { ...event, wires: [['out']] }, api, out];
    await helper.load(palette, nodes, credentials());
    await until(() => simulator().openSockets === 1);
    simulator().faults.stalledReplies = true;
    helper.getNode('api').receive({});
    await until(() => simulator().requests.some(({ path }) => path === '/system/getSystemInfo'));
    const errors: unknown[] = [];
    helper.getNode('api').on('call:error', ({ args }) => errors.push(args[0]));
    await helper.setFlows(
      nodes.filter(({ id }) => id !== 'api'),
      'nodes',
    );
    // The next call of another node, which the NVR answers again, comes after whatever that one had to say.
    simulator().faults.stalledReplies = false;
    await helper.setFlows([...nodes.filter(({ id }) => id !== 'api'), { ...api, id: 'api2' }], 'nodes');
    const box = inbox('out');
    helper.getNode('api2').receive({});
    await box.next();
    expect(errors).toEqual([]);
    expect(simulator().openSockets).toBe(1);
  });

  it('the advice to change a password is given once, however often flows are deployed', async () => {
    await using nvr = await neverChanged(simulator().port);
    const flow = [tab, nvrNode(nvr), api, out];
    await helper.load(palette, flow, credentials());
    for (let round = 0; round < 3; round += 1) {
      if (round > 0) await helper.setFlows(flow, 'full');
      const box = inbox('out');
      helper.getNode('api').receive({});
      await box.next();
    }
    expect(simulator().loginAttempts).toBe(3);
    expect(logged().match(/asks to change the password/g)).toHaveLength(1);
  });
});

/** An NVR whose user has never changed the password (SDK 10.1), in front of a simulator. */
async function neverChanged(port: number): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const { url = '', method } = request;
    const asked = { port, host: '127.0.0.1', path: url, method, headers: request.headers };
    const forwarded = httpRequest(asked, (reply) => {
      const headers = { ...reply.headers };
      delete headers['content-length'];
      const isChallenge = method === 'GET' && url.startsWith('/admin/login');
      void text(reply).then((body) => {
        const changed = isChallenge ? JSON.stringify({ ...(JSON.parse(body) as object), change_pwd: 'first' }) : body;
        response.writeHead(reply.statusCode ?? 500, headers).end(changed);
      });
    });
    request.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
    return once(server, 'close').then(() => undefined);
  };
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close };
}
