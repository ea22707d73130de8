import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { API } from 'homebridge';
import type { Logger } from '../../shared/index.js';
import { checkJsonBudget, limits } from '../../shared/internal.js';
import { readContext } from './context.js';
import type { EverFocusAccessory } from './registry.js';

/** Bytes; a house full of cameras takes a tenth of it. */
const MAX_SIZE = 16 * 1024 * 1024;
/** Values (and names) in it; each takes some 20 bytes. */
const MAX_VALUES = 1_000_000;

export interface AccessoryCopyOptions {
  readonly path: string;
  readonly api: API;
  readonly logger: Logger;
}

/**
 * The plugin's own copy of what Homebridge has in its cache of accessories. When that is lost while an NVR is off,
 * Homebridge would start without its accessories, and Home would forget rooms and automations.
 *
 * Written and read at once, since Homebridge publishes the bridge when `didFinishLaunching` returns, and a power cut
 * does not wait.
 */
export class AccessoryCopy {
  readonly #options: AccessoryCopyOptions;
  #written = '';
  #failed = false;

  constructor(options: AccessoryCopyOptions) {
    this.#options = options;
  }

  write(accessories: readonly EverFocusAccessory[]): void {
    const { path, api, logger } = this.#options;
    try {
      const text = JSON.stringify(accessories.map((accessory) => api.platformAccessory.serialize(accessory)));
      if (text === this.#written) return;
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
      renameSync(`${path}.new`, path);
      this.#written = text;
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) logger.warn(`The copy of the accessories cannot be written: ${(error as Error).message}`);
      this.#failed = true;
    }
  }

  /**
   * What was written last, as accessories that Homebridge does not know yet; none where there is no copy. One that is
   * damaged costs no other.
   */
  read(): EverFocusAccessory[] {
    const { path, logger } = this.#options;
    try {
      const found = statSync(path, { throwIfNoEntry: false });
      if (!found) return [];
      // A pipe would be waited for without end, and Homebridge with it.
      if (!found.isFile()) throw new Error('it is no plain file');
      if (found.size > MAX_SIZE) throw new Error('it is too large');
      const text = readFileSync(path, 'utf8');
      checkJsonBudget(text, { depth: limits.json.depth, values: MAX_VALUES });
      const kept: unknown = JSON.parse(text);
      if (!Array.isArray(kept)) throw new Error('it is no list');
      const accessories = kept.flatMap((serialized: unknown) => this.#deserialized(serialized) ?? []);
      const known = new Map(accessories.map((accessory) => [accessory.UUID, accessory]));
      if (known.size < kept.length) logger.warn(`${kept.length - known.size} accessories of the copy cannot be used.`);
      return [...known.values()];
    } catch (error) {
      logger.warn(`The copy of the accessories cannot be used: ${(error as Error).message}`);
      return [];
    }
  }

  #deserialized(serialized: unknown): EverFocusAccessory | undefined {
    const { platformAccessory } = this.#options.api;
    try {
      const accessory = platformAccessory.deserialize(
        serialized as Parameters<typeof platformAccessory.deserialize>[0],
      );
      return readContext(accessory.context) && accessory;
    } catch {
      return undefined;
    }
  }
}
