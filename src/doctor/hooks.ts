import { type Hook, type Nvr, type NvrError, sleep, type Subscription, within } from '../shared/index.js';
import { bad, failed, type Finding, good, type Patience, warning } from './finding.js';

/** How one hook fares. */
interface Tried {
  readonly name: string;
  /** It does so by itself. */
  readonly speaks: boolean;
  connected: boolean;
  spoke: boolean;
  error: NvrError | undefined;
}

/** Whether the push sockets open, and whether the one speaks that does so every second (SDK 2.8). */
export async function examineHooks(nvr: Nvr, options: Patience): Promise<Finding> {
  const all: readonly [string, Hook<unknown>, boolean][] = [
    ['events', nvr.events, false],
    ['metadata', nvr.metadata, false],
    ['exceptions', nvr.exceptions, false],
    ['messages', nvr.messages, false],
    ['camera status', nvr.cameraStatus, true],
  ];
  const subscriptions: Subscription[] = [];
  try {
    const tried = await Promise.all(
      all.map(([name, hook, speaks]) => tryHook(name, hook, speaks, options, subscriptions)),
    );
    await sleep(options.clock, options.watch, options.signal);
    return judgeHooks(
      tried,
      all.reduce((sum, [, { misunderstood }]) => sum + misunderstood, 0),
    );
  } finally {
    for (const subscription of subscriptions) subscription.close();
  }
}

function judgeHooks(tried: readonly Tried[], misunderstood: number): Finding {
  const closed = tried.filter(({ connected }) => !connected);
  const [first] = closed;
  const names = closed.map(({ name }) => name).join(', ');
  if (first && closed.length === tried.length) {
    return first.error
      ? failed('hooks', first.error)
      : bad('hooks', 'no push socket opens', 'Does a proxy between them let WebSockets through?', 'NVR_TIMEOUT');
  }
  if (first)
    return warning(
      'hooks',
      `${names} do not open${first.error ? `: ${first.error.message}` : ''}`,
      'Does this user have the right? The others work.',
    );
  const silent = tried.find(({ speaks, spoke }) => speaks && !spoke);
  if (silent) {
    return bad(
      'hooks',
      'all are open, and the status that is due every second does not come',
      'The NVR hangs, or something between keeps dead connections: restart it.',
      'NVR_TIMEOUT',
    );
  }
  if (misunderstood > 0) {
    return warning(
      'hooks',
      `all five are open; ${misunderstood} messages were not understood`,
      'please report it, with what everfocus doctor --json says.',
    );
  }
  return good('hooks', 'all five are open, and the status comes every second');
}

/** Waits until it is open, or speaks where it should by itself; it stays open. */
async function tryHook(
  name: string,
  hook: Hook<unknown>,
  speaks: boolean,
  { clock, signal, patience }: Patience,
  subscriptions: Subscription[],
): Promise<Tried> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const tried: Tried = { name, speaks, connected: false, spoke: false, error: undefined };
  subscriptions.push(
    hook.subscribe({
      message: () => {
        tried.spoke = true;
        resolve(undefined);
      },
      connected: () => {
        tried.connected = true;
        if (!speaks) resolve(undefined);
      },
      disconnected: (reason) => {
        tried.connected = false;
        tried.error = reason ?? tried.error;
        if (reason && !reason.recoverable) resolve(undefined);
      },
    }),
  );
  await within(clock, patience, promise, () => undefined, signal);
  return tried;
}
