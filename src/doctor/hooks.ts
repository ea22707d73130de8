import { type Hook, type Nvr, type NvrError, sleep, type Subscription, within } from '../shared/index.js';
import { listed, type Said, say } from '../shared/internal.js';
import { bad, failed, good, type Patience, type SaidFinding, warning } from './finding.js';

/** How one hook fares. */
interface Tried {
  readonly name: Said;
  /** It does so by itself. */
  readonly speaks: boolean;
  connected: boolean;
  spoke: boolean;
  error: NvrError | undefined;
}

/** Whether the push sockets open, and whether the one speaks that does so every second (SDK 2.8). */
export async function examineHooks(nvr: Nvr, options: Patience): Promise<SaidFinding> {
  const all: readonly [Said, Hook<unknown>, boolean][] = [
    [say`events`, nvr.events, false],
    [say`metadata`, nvr.metadata, false],
    [say`exceptions`, nvr.exceptions, false],
    [say`messages`, nvr.messages, false],
    [say`camera status`, nvr.cameraStatus, true],
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

function judgeHooks(tried: readonly Tried[], misunderstood: number): SaidFinding {
  const closed = tried.filter(({ connected }) => !connected);
  const [first] = closed;
  const names = listed(closed.map(({ name }) => name));
  if (first && closed.length === tried.length) {
    return first.error
      ? failed('hooks', first.error)
      : bad('hooks', say`no push socket opens`, say`Does a proxy between them let WebSockets through?`, 'NVR_TIMEOUT');
  }
  if (first)
    return warning(
      'hooks',
      first.error ? say`${names} do not open: ${first.error.message}` : say`${names} do not open`,
      say`Does this user have the right? The others work.`,
    );
  const silent = tried.find(({ speaks, spoke }) => speaks && !spoke);
  if (silent) {
    return bad(
      'hooks',
      say`all are open, and the status that is due every second does not come`,
      say`The NVR hangs, or something between keeps dead connections: restart it.`,
      'NVR_TIMEOUT',
    );
  }
  if (misunderstood > 0) {
    return warning(
      'hooks',
      misunderstood === 1
        ? say`all five are open; one message was not understood`
        : say`all five are open; ${misunderstood} messages were not understood`,
      say`please report it, with what everfocus doctor --json says.`,
    );
  }
  return good('hooks', say`all five are open, and the status comes every second`);
}

/** Waits until it is open, or speaks where it should by itself; it stays open. */
async function tryHook(
  name: Said,
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
