import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type DeviceStore, Nvr, type NvrClientOptions } from '../shared/index.js';
import {
  bundleName,
  bundleText,
  capture,
  type Contents,
  contentsOf,
  ReadOnlyStore,
  versionOf,
} from '../shared/internal.js';

/* The thread of `capture-apart.ts`, and what the two say to each other. */

/** What is to be captured. Plain data: it goes to another thread. */
export interface CaptureOrder {
  readonly account: Pick<
    NvrClientOptions,
    'host' | 'port' | 'https' | 'fingerprint' | 'username' | 'password' | 'digest'
  >;
  /** ms that push sockets are listened to. */
  readonly listen?: number | undefined;
  /** Pictures and payloads of frames go into it, too. */
  readonly pictures?: boolean | undefined;
}

/** A capture, as it is to be shown and saved. */
export interface Captured {
  /** Such as `everfocus-capture-202611280130.json`. */
  readonly file: string;
  readonly contents: Contents;
  readonly text: string;
}

export type ToWorker =
  /** Enough: close what is open. */
  | { readonly is: 'end' }
  /** What the store holds, or why that cannot be told. */
  | { readonly is: 'kept'; readonly id: number; readonly value?: unknown; readonly error?: string };

export type FromWorker =
  | { readonly is: 'looking'; readonly at: string }
  /** What does the store hold? */
  | { readonly is: 'read'; readonly id: number; readonly key: string }
  | { readonly is: 'captured'; readonly captured: Captured }
  | { readonly is: 'failed'; readonly why: string };

/** What the host has learnt of the NVR, asked for over there. */
class DistantStore implements DeviceStore {
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #ask: (id: number, key: string) => void;
  #count = 0;

  constructor(ask: (id: number, key: string) => void) {
    this.#ask = ask;
  }

  read(key: string): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>();
    const id = this.#count++;
    this.#asked.set(id, answer);
    this.#ask(id, key);
    return answer.promise;
  }

  answered({ id, value, error }: Extract<ToWorker, { is: 'kept' }>): void {
    const answer = this.#asked.get(id);
    this.#asked.delete(id);
    if (error === undefined) answer?.resolve(value);
    else answer?.reject(new Error(error));
  }

  async write(): Promise<void> {
    // Never: a read-only one lies above it.
  }
}

async function work(port: MessagePort, { account, listen, pictures }: CaptureOrder): Promise<Captured> {
  const tell = (message: FromWorker) => port.postMessage(message);
  const end = new AbortController();
  const distant = new DistantStore((id, key) => tell({ is: 'read', id, key }));
  port.on('message', (message: ToWorker) => {
    if (message.is === 'kept') distant.answered(message);
    else end.abort();
  });
  const store = new ReadOnlyStore(distant);
  const bundle = await capture({
    account,
    connect: (tap) => new Nvr({ ...account, store, tap }),
    by: `homebridge-everfocus-nvr ${versionOf()}`,
    ...{ listen, pictures, signal: end.signal },
    progress: (at) => tell({ is: 'looking', at }),
  });
  return { file: bundleName(bundle), contents: contentsOf(bundle), text: bundleText(bundle) };
}

const port = parentPort;
if (port) {
  const tell = (message: FromWorker) => port.postMessage(message);
  await work(port, workerData as CaptureOrder).then(
    (captured) => tell({ is: 'captured', captured }),
    (error: unknown) => tell({ is: 'failed', why: error instanceof Error ? error.message : String(error) }),
  );
}
