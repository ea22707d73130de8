/** Which configured NVR an accessory belongs to. */
export interface NvrOfAccessory {
  /** Name in the configuration. */
  readonly name: string;
  /** `host:port` in the configuration. */
  readonly address: string;
  /** As the NVR said; absent where it said none. */
  readonly serial?: string;
}

/** What Homebridge keeps of a camera, enough to show it before the NVR answers. */
export interface CameraContext {
  readonly kind: 'camera';
  readonly nvr: NvrOfAccessory;
  readonly channel: number;
  /** Lower case, colons; absent where the NVR does not say. */
  readonly mac?: string;
  /** Name at the NVR. */
  readonly name: string;
}

/** What Homebridge keeps of an NVR. */
export interface NvrContext {
  readonly kind: 'nvr';
  readonly nvr: NvrOfAccessory;
  /** DO pins that are shown, with the names that they had. */
  readonly outputs: readonly { readonly pin: number; readonly name: string }[];
}

export type AccessoryContext = CameraContext | NvrContext;

/** What was kept of an accessory, or `undefined` where it can't be read (another plugin version's, or damaged). */
export function readContext(raw: unknown): AccessoryContext | undefined {
  if (!isRecord(raw) || !isNvrOfAccessory(raw.nvr)) return undefined;
  if (raw.kind === 'camera' && Number.isInteger(raw.channel) && typeof raw.name === 'string') {
    return raw as unknown as CameraContext;
  }
  if (raw.kind === 'nvr' && Array.isArray(raw.outputs) && raw.outputs.every(isOutput)) {
    return raw as unknown as NvrContext;
  }
  return undefined;
}

function isNvrOfAccessory(raw: unknown): raw is NvrOfAccessory {
  return isRecord(raw) && typeof raw.name === 'string' && typeof raw.address === 'string';
}

function isOutput(raw: unknown): boolean {
  return isRecord(raw) && Number.isInteger(raw.pin) && typeof raw.name === 'string';
}

function isRecord(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null;
}
