import type { Nvr, StateChange, Subscription } from '../../../shared/index.js';
import { kindOf } from '../../message-names.js';
import type { TileNow } from './pieces.js';

/** What one camera does now, for all who look at its tile; nothing is asked for while nobody does. */
export class CameraNow {
  readonly #client: Nvr;
  readonly #channel: number;
  readonly #listeners = new Set<(now: TileNow) => void>();
  readonly #active = new Set<string>();
  #now: TileNow = { active: [] };
  #subscription: Subscription | undefined;

  constructor(client: Nvr, channel: number) {
    this.#client = client;
    this.#channel = channel;
  }

  /** Tells at once what is known. */
  watch(listener: (now: TileNow) => void): Subscription {
    this.#listeners.add(listener);
    const where = { channels: [this.#channel] };
    this.#subscription ??= this.#client.state.watch({ list: true, cameras: where, events: where }, (change) =>
      this.#take(change),
    );
    listener(this.#now);
    return {
      close: () => {
        if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
        this.#subscription?.close();
        this.#subscription = undefined;
        this.#active.clear();
        this.#now = { active: [] };
      },
    };
  }

  #take(change: StateChange): void {
    switch (change.kind) {
      case 'connection':
        return this.#tell({ connected: change.connection.is === 'connected' });
      case 'cameras': {
        const name = change.cameras.find(({ channel }) => channel === this.#channel)?.name;
        return name === undefined || name === this.#now.camera ? undefined : this.#tell({ camera: name });
      }
      case 'camera': {
        if (change.channel !== this.#channel) return;
        const { online, recording } = change.camera ?? {};
        if (online === this.#now.online && recording === this.#now.recording) return;
        return this.#tell({ ...(online !== undefined && { online }), ...(recording !== undefined && { recording }) });
      }
      case 'event': {
        // Without a type the NVR tells only that there is some event.
        if (change.channel !== this.#channel || change.type === undefined) return;
        const kind = kindOf(change.type);
        if (change.active === this.#active.has(kind)) return;
        if (change.active) this.#active.add(kind);
        else this.#active.delete(kind);
        return this.#tell({ active: [...this.#active] });
      }
      default:
        return;
    }
  }

  #tell(news: Partial<TileNow>): void {
    this.#now = { ...this.#now, ...news };
    for (const listener of [...this.#listeners]) listener(this.#now);
  }
}
