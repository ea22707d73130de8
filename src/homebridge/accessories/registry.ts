import type { PlatformAccessory } from 'homebridge';
import { readContext, type AccessoryContext } from './context.js';

/** An accessory of this platform; its context is read with {@link readContext}, since an older version may have written it. */
export type EverFocusAccessory = PlatformAccessory;

/** Homebridge's accessories of this platform, as the controllers of the NVRs use them. */
export interface AccessoryRegistry {
  /** Whether an accessory has that UUID. */
  has(uuid: string): boolean;
  /** How many accessories the bridge has room for, as far as is known. */
  readonly room: number;
  /**
   * Takes all of them together: Homebridge writes its whole cache to disk each time, and answers nobody meanwhile.
   *
   * @returns those that the bridge took
   */
  add(accessories: readonly EverFocusAccessory[]): readonly EverFocusAccessory[];
  remove(accessories: readonly EverFocusAccessory[]): void;
  /** Writes changed contexts to disk. */
  save(accessories: readonly EverFocusAccessory[]): void;
}

/** Whether the accessory is one of that kind. */
export function holds<Kind extends AccessoryContext['kind']>(
  accessory: PlatformAccessory,
  kind: Kind,
): accessory is PlatformAccessory<Extract<AccessoryContext, { kind: Kind }>> {
  return readContext(accessory.context)?.kind === kind;
}
