import { type AccessoryContext, type NvrOfAccessory, readContext } from './context.js';
import type { EverFocusAccessory } from './registry.js';

/** A configured NVR, as far as it is known. */
export interface ConfiguredNvr {
  readonly name: string;
  /** `host:port`. */
  readonly address: string;
}

/**
 * The configured NVR that an accessory from the cache belongs to, before any NVR has answered: the one at its address,
 * else the only one of its name (the NVR has moved). `undefined`: the entry was removed, or both were changed.
 */
export function ownerOf<N extends ConfiguredNvr>(nvr: NvrOfAccessory, configured: readonly N[]): N | undefined {
  const here = configured.find(({ address }) => address === nvr.address);
  const [namesake, ...more] = configured.filter(({ name }) => name === nvr.name);
  return here ?? (more.length === 0 ? namesake : undefined);
}

/** What is to be kept of an accessory, where it turns out to be an NVR's; `undefined`: it is another's. */
export type Recogniser = (accessory: EverFocusAccessory) => AccessoryContext | undefined;

/**
 * Tells what is an NVR's by the UUIDs of all that it has, and by its serial number.
 *
 * @param own what is to be kept of each, where its accessory does not know any more
 */
export function recogniserOf(own: ReadonlyMap<string, AccessoryContext>, serial: string | undefined): Recogniser {
  return ({ UUID, context }) => {
    const kept = readContext(context);
    const found = own.get(UUID);
    const isOwn = found !== undefined || (serial !== undefined && kept?.nvr.serial === serial);
    return isOwn ? (kept ?? found) : undefined;
  };
}

/** What has become of a configured NVR since the start. */
export interface NvrProgress {
  /** Whether it owned accessories from the cache at the start. */
  readonly owner: boolean;
  /** Whether it has answered. */
  readonly read: boolean;
}

/**
 * Whether accessories that no configured NVR owns may be removed. Not while the configuration has problems (a typing
 * error must not cost the user the automations), nor while an NVR that is new to us may turn out to be theirs under
 * a new name and address.
 */
export function mayRemoveOrphans(configurationHasProblems: boolean, nvrs: readonly NvrProgress[]): boolean {
  return !configurationHasProblems && nvrs.every(({ owner, read }) => owner || read);
}
