import { createServer } from 'node:net';
import { Problem } from '../setup/problem.mjs';

/**
 * Checks that a TCP port can be listened on.
 *
 * @param port 0 finds a free one
 * @returns the port
 */
export function claimPort(port: number, option: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used: ${error.message}`;
      reject(new Problem('PORT_TAKEN', `Port ${port} ${why}. Choose another with ${option}.`));
    });
    server.listen(port, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
