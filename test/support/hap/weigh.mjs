import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
/** @type {() => void} */
const collect = runInNewContext('gc');

// Loaded first into a process that is weighed: on SIGUSR2 it writes what it holds, as one line.
process.on('SIGUSR2', async () => {
  for (let round = 0; round < 4; round += 1) {
    collect();
    // What is finalised frees more.
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  /** @type {Record<string, number>} */
  const resources = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  process.stdout.write(`weighed ${JSON.stringify({ bytes: heapUsed + external, resources })}\n`);
});
