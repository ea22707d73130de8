import { join } from 'node:path';
import { HomebridgePluginUiServer, RequestError } from '@homebridge/plugin-ui-utils';
import { captureApart } from '../../doctor/capture-apart.js';
import { examine, usual } from '../../doctor/examine.js';
import { findFfmpeg } from '../../shared/ffmpeg/index.js';
import {
  type DeviceStore,
  discover,
  FileStore,
  type NvrClientOptions,
  silentLogger,
  systemClock,
  within,
} from '../../shared/index.js';
import { changed, contentsSaid, ReadOnlyStore } from '../../shared/internal.js';
import { STORE_FOLDER } from '../settings.js';
import { readConfiguration } from '../config.js';
import { showCameras } from './camera-pictures.js';
import { testConnection } from './connection-test.js';
import type { DraftNvr, FoundNvr, Requests, Verdict } from './protocol.js';
import { inPagesWords } from './page-words.js';
import { checkNvrs, passwordOf, readSection, usable, withoutPasswords } from './stored-settings.js';

/** ms that logging out may take. */
const CLOSE_LIMIT = 1000;

/** The settings page's half in Homebridge's process of its own: alive as long as the page is open. */
export class SettingsServer extends HomebridgePluginUiServer {
  readonly #closing = new AbortController();
  readonly #store: DeviceStore = new FileStore(join(this.homebridgeStoragePath ?? '', STORE_FOLDER));
  #testing = false;
  #watching = new AbortController();
  #examining = new AbortController();
  #shown: Promise<unknown> = Promise.resolve();

  constructor() {
    super();
    this.#answer('/settings', () => withoutPasswords(this.#section()));
    this.#answer('/check', ({ nvrs }) => checkNvrs(nvrs));
    this.#answer('/discover', () => this.#discover());
    this.#answer('/test', (draft) => this.#test(draft));
    this.#answer('/examine', ({ nvr, id }) => this.#examine(nvr, id));
    this.#answer('/capture', ({ nvr, id }) => this.#capture(nvr, id));
    this.#answer('/watch', ({ nvr, id }) => this.#watch(nvr, id));
    // Homebridge's page ends the process by that: what is open at NVRs is closed first.
    process.once('SIGTERM', () => void this.#close());
    this.ready();
  }

  #answer<Path extends keyof Requests>(
    path: Path,
    reply: (body: Requests[Path]['body']) => Requests[Path]['reply'] | Promise<Requests[Path]['reply']>,
  ): void {
    this.onRequest(path, async (body: Requests[Path]['body']) => {
      try {
        return await reply(body);
      } catch (error) {
        throw new RequestError(error instanceof Error ? error.message : String(error), {});
      }
    });
  }

  #section() {
    return readSection(this.homebridgeConfigPath ?? '');
  }

  async #discover(): Promise<readonly FoundNvr[]> {
    const { devices } = await discover({
      signal: this.#closing.signal,
      found: (device) => this.pushEvent('found', foundNvr(device)),
    });
    return devices.map(foundNvr);
  }

  /** One at a time: an NVR counts logins that fail. */
  async #test(draft: DraftNvr): Promise<Verdict> {
    if (this.#testing) throw new Error('a test is under way');
    const password = passwordOf(draft, this.#section());
    if (password === undefined) return { is: 'password-needed' };
    const nvr = usable(draft.fields, password);
    if (!nvr) {
      const { problems } = readConfiguration({ nvrs: [{ ...draft.fields, password }] });
      return { is: 'unusable', problems: problems.map(({ said }) => said) };
    }
    this.#testing = true;
    try {
      return await testConnection(nvr, { clock: systemClock, signal: this.#closing.signal, store: this.#store });
    } finally {
      this.#testing = false;
    }
  }

  /** Tries everything of it that changes nothing, as far as the place is an NVR; nothing that it learns is kept. */
  #examine(draft: DraftNvr | undefined, id: number): Promise<Requests['/examine']['reply']> {
    return this.#lookAt(draft, async (account, signal) => {
      const { ffmpeg: path } = readConfiguration(this.#section());
      await examine({
        ...{ ...usual, account, clock: systemClock, signal },
        ffmpeg: () => findFfmpeg({ ...(path !== undefined && { path }), logger: silentLogger }),
        report: ({ check, verdict, said: { finding, remedy } }) =>
          this.pushEvent('finding', {
            id,
            finding: {
              ...{ check, verdict },
              said: { finding, ...(remedy && { remedy: changed(remedy, inPagesWords) }) },
            },
          }),
      });
      return 'done' as const;
    });
  }

  #capture(draft: DraftNvr | undefined, id: number): Promise<Requests['/capture']['reply']> {
    return this.#lookAt(draft, async (account, signal) => {
      const progress = (at: string) => this.pushEvent('looking', { id, at });
      const { file, text, contents } = await captureApart({ account, signal, progress });
      return { file, text, contents: contentsSaid(contents, text.length) };
    });
  }

  /** One look at a time: an NVR counts its sessions. Without a draft it ends the one that is under way. */
  async #lookAt<T>(
    draft: DraftNvr | undefined,
    look: (account: NvrClientOptions, signal: AbortSignal) => Promise<T>,
  ): Promise<T | 'ended' | 'password-needed' | 'unusable'> {
    if (!draft) {
      this.#examining.abort();
      return 'ended';
    }
    if (this.#testing) throw new Error('a test is under way');
    const password = passwordOf(draft, this.#section());
    if (password === undefined) return 'password-needed';
    const account = usable(draft.fields, password);
    if (!account) return 'unusable';
    this.#testing = true;
    this.#examining = new AbortController();
    const signal = AbortSignal.any([this.#examining.signal, this.#closing.signal]);
    const { host, port, https, fingerprint, username } = account;
    const store = new ReadOnlyStore(this.#store);
    try {
      return await look({ host, port, https, fingerprint, username, password, store }, signal);
    } catch (error) {
      if (signal.aborted) return 'ended';
      throw error;
    } finally {
      this.#testing = false;
    }
  }

  #watch(draft: DraftNvr | undefined, id: number): undefined {
    this.#watching.abort();
    this.#watching = new AbortController();
    const section = this.#section();
    const password = draft && passwordOf(draft, section);
    const nvr = password === undefined ? undefined : usable(draft?.fields ?? {}, password);
    if (!nvr) return;
    const { ffmpeg } = readConfiguration(section);
    const { signal } = this.#watching;
    const tell = (channel: number, jpeg: Buffer) => {
      // What was under way when another was watched is nobody's.
      if (!signal.aborted) this.pushEvent('picture', { id, channel, jpeg: jpeg.toString('base64') });
    };
    const show = () => showCameras(nvr, { clock: systemClock, store: this.#store, signal, ffmpeg, tell });
    // One after the other, and those that were given up meanwhile not at all: each looks for an ffmpeg.
    this.#shown = this.#shown
      .then(() => (signal.aborted ? undefined : show()))
      // An NVR that cannot be asked has been told of by the test.
      .catch(() => undefined);
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    this.#watching.abort();
    await within(systemClock, CLOSE_LIMIT, this.#shown, () => undefined);
    process.exit();
  }
}

function foundNvr({ address, port, name, model, mac }: FoundNvr): FoundNvr {
  return { address, port, ...(name && { name }), ...(model && { model }), ...(mac && { mac }) };
}
