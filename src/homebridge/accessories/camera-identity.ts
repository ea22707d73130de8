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
