/** What tells cameras apart. */
export interface CameraKey {
  /** From 1. */
  readonly channel: number;
  /** Of the camera. An NVR may not say it, or only once the camera was on line. */
  readonly mac?: string;
}

/** A MAC address as `aa:bb:cc:dd:ee:ff`, or `undefined` where the text is none. */
export function normaliseMac(text: string | undefined): string | undefined {
  const digits = (text ?? '').toLowerCase().replace(/[^0-9a-f]/g, '');
  if (digits.length !== 12 || /^(0+|f+)$/.test(digits)) return undefined;
  return digits.replace(/(..)(?=.)/g, '$1:');
}

/**
 * The text that a new camera accessory's UUID is made of: the camera's MAC and its channel, so that new IP addresses
 * of camera or NVR keep the accessory. The channel tells the inputs of a multi-channel encoder apart. A camera
 * without MAC is known by its NVR and channel.
 */
export function cameraIdentity(camera: CameraKey, nvrIdentity: string): string {
  return `camera ${camera.mac ?? nvrIdentity}/${camera.channel}`;
}

export interface CameraMatch<Listed extends CameraKey, Known extends CameraKey> {
  /** Cameras that have their accessory. */
  readonly kept: readonly { readonly camera: Listed; readonly accessory: Known }[];
  /** Cameras without accessory. */
  readonly added: readonly Listed[];
  /** Accessories whose camera is not listed any more. */
  readonly gone: readonly Known[];
}

/**
 * Which accessory stands for which listed camera: same channel and same MAC. A MAC that only one side knows is no
 * difference: an NVR may learn it later or forget it, and that must not cost the user the automations.
 */
export function matchCameras<Listed extends CameraKey, Known extends CameraKey>(
  listed: readonly Listed[],
  known: readonly Known[],
): CameraMatch<Listed, Known> {
  const left = new Set(known);
  const kept: { camera: Listed; accessory: Known }[] = [];
  const added: Listed[] = [];
  for (const camera of listed) {
    const sameChannel = [...left].filter((accessory) => accessory.channel === camera.channel);
    const accessory =
      sameChannel.find(({ mac }) => mac === camera.mac) ??
      sameChannel.find(({ mac }) => mac === undefined || camera.mac === undefined);
    if (accessory) {
      left.delete(accessory);
      kept.push({ camera, accessory });
    } else added.push(camera);
  }
  return { kept, added, gone: [...left] };
}
