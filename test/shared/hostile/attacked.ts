import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Nvr, NvrError, operations } from '../../../src/shared/index.js';
import type { Attack, Damage } from './attack.js';

// The driver in a process of its own, so that nothing but its work is measured.

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const lines: string[] = [];
const note = (line: string) => void lines.push(line);
const nvr = new Nvr({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  username: 'admin',
  password: 'p4ssw0rd',
  logger: { debug: note, info: note, warn: note, error: note },
});

/** ms of this thread's work: on a busy machine time passes in which it does nothing. */
function work(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** The longest work between two turns of timers, and the most memory, while something goes on. */
async function measured(action: () => Promise<string>): Promise<Damage> {
  collectGarbage();
  const before = process.memoryUsage.rss();
  let last = work();
  let longest = 0;
  let most = before;
  const look = () => {
    const now = work();
    longest = Math.max(longest, now - last);
    most = Math.max(most, process.memoryUsage.rss());
    last = work();
  };
  const timer = setInterval(look, 2);
  const outcome = await action();
  await turn();
  look();
  clearInterval(timer);
  return { outcome, blocked: longest, memory: (most - before) / 1e6, lines: lines.splice(0) };
}

async function carryOut(attack: Extract<Attack, { operation: unknown }>): Promise<string> {
  try {
    const { params = {} } = attack;
    if (attack.operation === 'raw') await nvr.request({ method: 'GET', path: '/raw' });
    else {
      const reply: unknown = await nvr.call(operations[attack.operation], params);
      // A clip is a stream, which its reader reads.
      if (reply instanceof Readable) for await (const part of reply) if (part === null) break;
    }
    return 'a reply';
  } catch (error) {
    if (!(error instanceof NvrError)) return `threw ${String(error)} ${(error as Error).stack}`;
    // eslint-disable-next-line no-control-regex
    const bad = error.message.length > 2000 || /[\0-\x1f\x7f-\x9f\u2028\u2029]/.test(error.message);
    return bad ? `an error that is no line: ${error.message.slice(0, 100)}` : error.code;
  }
}

/** What this machine takes for work that every part of the driver does, too. */
function calibrate(): number {
  const text = JSON.stringify(
    Array.from({ length: 40_000 }, (_, index) => ({ index, name: `name ${index}`, on: true })),
  );
  const start = work();
  for (let round = 0; round < 5; round++) JSON.parse(text);
  return (work() - start) / 5;
}

const hooks = [nvr.events, nvr.metadata, nvr.exceptions, nvr.messages, nvr.cameraStatus] as const;

process.on('message', (attack: Attack | 'calibrate' | 'hooks' | 'limits') => {
  const answer = (result: unknown) => void process.send?.(result);
  if (attack === 'calibrate') answer(calibrate());
  else if (attack === 'limits') answer(nvr.limits.hits);
  else if (attack === 'hooks') {
    // The backlog of a reader who does not read is part of what messages cost.
    for (const hook of hooks) void hook.stream();
    answer('listening');
  } else if ('seconds' in attack) {
    void measured(async () => {
      const { promise, resolve } = Promise.withResolvers<string>();
      setTimeout(() => resolve('heard'), attack.seconds * 1000);
      return promise;
    }).then(answer);
  } else void measured(() => carryOut(attack)).then(answer);
});

process.on('disconnect', () => process.exit());
