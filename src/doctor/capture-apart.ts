import { Worker } from 'node:worker_threads';
import { ClosedError, type DeviceStore, type NvrClientOptions, systemClock, type Timer } from '../shared/index.js';
import type { Captured, CaptureOrder, FromWorker, ToWorker } from './capture-worker.js';

export type { Captured } from './capture-worker.js';

/** ms that a capture which is given up has to close what it has open at the NVR. */
const FAREWELL = 2000;
/** What a capture is allowed to hold is a small part of that. */
const MEGABYTES = 512;

export interface CaptureRequest extends Omit<CaptureOrder, 'account'> {
  /** Where the NVR is and who asks; nothing that is learnt is kept in its store. */
  readonly account: NvrClientOptions;
  readonly signal: AbortSignal;
  /** Is told what is being looked at. */
  readonly progress?: ((what: string) => void) | undefined;
}

/**
 * A capture for a report of a fault (docs/capture.md), in a thread of its own: to scrub some MB takes a second or more, and a
 * host has other things to do.
 *
 * @throws the signal's reason; once what was open at the NVR is closed, or after 2 s
 */
export async function captureApart({ account, signal, progress, ...how }: CaptureRequest): Promise<Captured> {
  signal.throwIfAborted();
  const { host, port, https, fingerprint, username, password, digest, store } = account;
  const order: CaptureOrder = { account: { host, port, https, fingerprint, username, password, digest }, ...how };
  const worker = new Worker(new URL('./capture-worker.js', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES },
  });
  const tell = (message: ToWorker) => worker.postMessage(message);
  let patience: Timer | undefined;
  const giveUp = () => {
    tell({ is: 'end' });
    patience = systemClock.after(FAREWELL, () => void worker.terminate());
  };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await new Promise<Captured>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.is === 'looking') progress?.(message.at);
        else if (message.is === 'captured') resolve(message.captured);
        else if (message.is === 'failed') reject(new Error(message.why));
        else void read(store, message.key).then((found) => tell({ is: 'kept', id: message.id, ...found }));
      });
      worker.once('error', reject);
      worker.once('exit', () => reject(new ClosedError('the capture ended before it was done')));
    });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
    patience?.cancel();
    await worker.terminate();
  }
}

async function read(store: DeviceStore | undefined, key: string): Promise<{ value?: unknown; error?: string }> {
  try {
    return { value: await store?.read(key) };
  } catch (error) {
    return { error: String(error) };
  }
}
