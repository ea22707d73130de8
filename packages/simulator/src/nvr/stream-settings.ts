import { KeptSettings } from './kept-settings.js';

/** Settings of one kind for each stream (0: main, 1: sub) of a camera. */
export class StreamSettings<T extends object> {
  readonly #initial: T;
  readonly #streams = new Map<number, KeptSettings<T>>();

  constructor(initial: T) {
    this.#initial = initial;
  }

  of(stream: number): KeptSettings<T> {
    const settings = this.#streams.get(stream) ?? new KeptSettings(this.#initial);
    this.#streams.set(stream, settings);
    return settings;
  }
}
