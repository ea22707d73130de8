import type { Cameras } from './cameras.js';

/** Settings of one kind for each camera. */
export class ChannelSettings<T extends object> {
  readonly #cameras: Cameras;
  readonly #initial: T;
  readonly #set = new Map<number, T>();

  constructor(cameras: Cameras, initial: T) {
    this.#cameras = cameras;
    this.#initial = initial;
  }

  /** Those of each camera there is, by channel. */
  get all(): readonly (readonly [number, T])[] {
    return this.#cameras.all.map(({ channel }) => [channel, structuredClone(this.#set.get(channel) ?? this.#initial)]);
  }

  /** All of them or none; what a change leaves out stays. @throws {@link Refusal} where the NVR has no such channel */
  set(changes: readonly (readonly [number, T | undefined])[]): void {
    for (const [channel] of changes) this.#cameras.on(channel);
    for (const [channel, settings] of changes) {
      const before = this.#set.get(channel) ?? this.#initial;
      this.#set.set(channel, structuredClone({ ...before, ...settings }));
    }
  }
}
