import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { claimPort } from '../../scripts/demo/ports.js';

describe('a port of the demo', () => {
  it('is any free one for 0', async () => {
    expect(await claimPort(0, '--homekit-port')).toBeGreaterThan(0);
  });

  it('that is taken is refused, with the option that chooses another', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const message = `Port ${port} is in use by another program. Choose another with --homekit-port.`;
    await expect(claimPort(port, '--homekit-port')).rejects.toMatchObject({ code: 'PORT_TAKEN', message });
    server.close();
  });
});
