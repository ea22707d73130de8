import type { CameraKey } from './camera-identity.js';

/** A camera that the NVR lists. */
export interface ListedKey extends CameraKey {
  /** Whether it is switched on at the NVR. */
  readonly enabled: boolean;
}

/** A camera that has an accessory. */
export interface KnownKey extends CameraKey {
  /** How long a healthy NVR has gone without it, ms; 0 where it was listed last time. */
  readonly missingFor: number;
}

/** What is known when the NVR has given its list. */
export interface CameraFacts<Listed extends ListedKey, Known extends KnownKey> {
  readonly listed: readonly Listed[];
  readonly known: readonly Known[];
  /** `false` where the NVR's serial number says that it is not the one that the accessories come from. */
  readonly sameNvr: boolean;
}

/** Who is who. */
export interface CameraAssignment<Listed extends ListedKey, Known extends KnownKey> {
  /** Cameras that have their accessory. */
  readonly kept: readonly { readonly camera: Listed; readonly accessory: Known }[];
  /** Cameras that need one. */
  readonly added: readonly Listed[];
  /** Accessories whose camera is not listed. */
  readonly missing: readonly Known[];
}

/** A list that is shorter than it was is believed to be whole after this time, ms. */
const SHORT_LIST_PATIENCE = 10 * 60_000;

/**
 * Which accessory stands for which listed camera. Rooms and automations hang on the accessory, so the surest ties go
 * first:
 *
 * 1. the same camera on the same channel;
 * 2. the same camera elsewhere: it was moved, or two were exchanged;
 * 3. the same channel, where only one side knows a MAC: an NVR may learn it late, or forget it;
 * 4. the same channel, and the camera that was there is listed nowhere: it was swapped for another one. Not at once
 *    where the list is shorter than it was: a recorder that is just starting lists its cameras one after the other.
 */
export function assignCameras<Listed extends ListedKey, Known extends KnownKey>({
  listed,
  known,
  sameNvr,
}: CameraFacts<Listed, Known>): CameraAssignment<Listed, Known> {
  const cameras = new Set(byChannel(listed));
  const accessories = new Set(byChannel(known));
  const kept: { camera: Listed; accessory: Known }[] = [];
  const match = (fits: (camera: Listed, accessory: Known) => boolean) => {
    for (const camera of cameras) {
      const accessory = [...accessories].find((one) => fits(camera, one));
      if (!accessory) continue;
      cameras.delete(camera);
      accessories.delete(accessory);
      kept.push({ camera, accessory });
    }
  };
  const short = listed.length < known.filter(({ missingFor }) => missingFor < SHORT_LIST_PATIENCE).length;
  const isPatient = ({ missingFor }: Known) => short && missingFor < SHORT_LIST_PATIENCE;
  match((camera, accessory) => sameMac(camera, accessory) && sameChannel(camera, accessory));
  match(sameMac);
  match((camera, accessory) => sameChannel(camera, accessory) && !(camera.mac && accessory.mac));
  if (sameNvr) match((camera, accessory) => sameChannel(camera, accessory) && !isPatient(accessory));
  const mayBeSwapped = (camera: Listed) =>
    sameNvr && [...accessories].some((accessory) => sameChannel(camera, accessory) && isPatient(accessory));
  return {
    kept,
    added: [...cameras].filter((camera) => camera.enabled && !mayBeSwapped(camera)),
    missing: [...accessories],
  };
}

function sameMac(one: CameraKey, other: CameraKey): boolean {
  return one.mac !== undefined && one.mac === other.mac;
}

function sameChannel(one: CameraKey, other: CameraKey): boolean {
  return one.channel === other.channel;
}

/** So that the inputs of an encoder keep their order where they were moved together. */
function byChannel<Key extends CameraKey>(keys: readonly Key[]): readonly Key[] {
  return [...keys].sort((one, other) => one.channel - other.channel);
}
