import type { ListedCamera as StatedCamera, NvrDevice, Pins } from '../../shared/index.js';
import { normaliseMac } from '../accessories/camera-identity.js';
import { homekitName } from '../accessories/homekit-text.js';

/** What an NVR says about itself. */
export interface NvrInformation {
  readonly serial?: string;
  readonly model?: string;
  readonly software?: string;
}

/** A camera, as the NVR lists it. */
export interface ListedCamera {
  readonly channel: number;
  /** Whether it is switched on at the NVR. */
  readonly enabled: boolean;
  readonly name: string;
  readonly mac?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly firmware?: string;
}

export interface Inventory {
  /** `undefined` where the NVR does not tell. */
  readonly information: NvrInformation | undefined;
  readonly cameras: readonly ListedCamera[];
  /** `undefined` where the NVR does not tell. */
  readonly pins: Pins | undefined;
}

/** What the state of an NVR says of it, as HomeKit may show it. */
export function inventoryOf(
  device: NvrDevice | undefined,
  cameras: readonly StatedCamera[],
  pins: Pins | undefined,
): Inventory {
  return {
    information: device && informationOf(device),
    cameras: cameras.map(listedCamera),
    pins,
  };
}

function informationOf({ serial, model, software }: NvrDevice): NvrInformation {
  return { ...(serial && { serial }), ...(model && { model }), ...(software && { software }) };
}

function listedCamera({ channel, enabled, name, mac: written, ...rest }: StatedCamera): ListedCamera {
  const mac = normaliseMac(written);
  return { channel, enabled, name: homekitName(name, `Camera ${channel}`), ...(mac !== undefined && { mac }), ...rest };
}
