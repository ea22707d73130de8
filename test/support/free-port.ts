import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Ports that no system gives away by itself: Linux does from 32768 on. */
const [LOWEST, HIGHEST] = [20_000, 32_767];

/** A TCP port on loopback that nobody listened on a moment ago, and that nobody is given by chance. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
