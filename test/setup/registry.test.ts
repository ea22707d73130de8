import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { checkRegistry, REGISTRY_TIMEOUT } from '../../scripts/setup/install.mjs';

describe('Before the installation', () => {
  const configured = process.env.npm_config_registry;
  let close = (): void => undefined;
  afterEach(() => {
    close();
    if (configured === undefined) delete process.env.npm_config_registry;
    else process.env.npm_config_registry = configured;
  });

  const registry = async (answer: RequestListener): Promise<void> => {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    close = () => {
      server.close();
      server.closeAllConnections();
    };
    process.env.npm_config_registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };

  it('it is told that there is no way to the registry', async () => {
    await registry(() => undefined);
    close();
    await expect(checkRegistry()).rejects.toMatchObject({ code: 'NO_NETWORK' });
  });

  it('a registry that never answers counts as none', async () => {
    await registry(() => undefined);
    // Within 10 s, so that nobody thinks that it hangs.
    expect(REGISTRY_TIMEOUT).toBeLessThan(10_000);
    await expect(checkRegistry(1500)).rejects.toMatchObject({ code: 'NO_NETWORK' });
  });

  it.each([
    [200, '{"name":"qrcode-terminal"}'],
    [404, '{"error":"not found"}'],
    [401, '{"error":"who are you?"}'],
  ])('one that answers with %d is left to the installation', async (status, body) => {
    await registry((_request, response) => void response.writeHead(status).end(body));
    await expect(checkRegistry(30_000)).resolves.toBeUndefined();
  });
});
