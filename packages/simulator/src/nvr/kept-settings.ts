import type { Keeper } from './configuration.js';

/** Settings that are told as they were last set. */
export class KeptSettings<T extends object> implements Keeper<T> {
  #current: T;

  constructor(initial: T) {
    this.#current = structuredClone(initial);
  }

  get(): T {
    return structuredClone(this.#current);
  }

  /** What is left out is gone: only 2.6 promises partial updates. */
  set(settings: T): void {
    this.#current = structuredClone(settings);
  }
}
