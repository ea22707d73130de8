import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Hook, Nvr, NvrError, operations } from '../../../src/shared/index.js';
import { type Attack, type Damage, LAST } from './attack.js';

// The driver in a process of its own, so that nothing but its work is measured.

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

// Whoever has lost the connection is back at once, for the next attack.
Math.random = () => 0;

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

async function carryOut(attack: Attack): Promise<string> {
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

const { events, metadata, exceptions, messages, cameraStatus } = nvr;
const hooks = [events, metadata, exceptions, messages, cameraStatus] as const;

function connected(hook: { subscribe: Hook<unknown>['subscribe'] }): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const subscription = hook.subscribe({ message: () => undefined, connected: () => resolve(undefined) });
  return promise.finally(() => subscription.close());
}

/** What came up to the last message has been dealt with, or has ended the connection. */
function over<Message>(hook: Hook<Message>, isLast: (message: Message) => boolean): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const message = (heard: Message) => {
    if (isLast(heard)) resolve(undefined);
  };
  const subscription = hook.subscribe({ message, disconnected: () => resolve(undefined) });
  return promise.finally(() => subscription.close());
}

async function listen(): Promise<string> {
  await Promise.all([
    over(events, ({ type }) => type === LAST.Type),
    over(metadata, ({ type }) => type === LAST.Type),
    over(exceptions, ({ exception }) => exception === LAST.exception),
    over(messages, ({ content }) => 'message' in content && content.message === LAST.message),
    over(cameraStatus, ([status]) => status?.channel === LAST.ChannelID),
  ]);
  return 'heard';
}

/** What messages do from `listen` on. */
let heard: Promise<Damage> | undefined;

process.on('message', (attack: Attack | 'calibrate' | 'hooks' | 'listen' | 'heard' | 'limits') => {
  const answer = (result: unknown) => void process.send?.(result);
  if (attack === 'calibrate') answer(calibrate());
  else if (attack === 'limits') answer(nvr.limits.hits);
  else if (attack === 'hooks') {
    // The backlog of a reader who does not read is part of what messages cost.
    for (const hook of hooks) void hook.stream();
    answer('open');
  } else if (attack === 'listen') {
    void Promise.all(hooks.map(connected)).then(() => {
      heard = measured(listen);
      answer('listening');
    });
  } else if (attack === 'heard') void heard?.then(answer);
  else void measured(() => carryOut(attack)).then(answer);
});

process.on('disconnect', () => process.exit());
