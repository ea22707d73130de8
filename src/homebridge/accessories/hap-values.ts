import type { Categories, ChangeReason, CharacteristicEventTypes, HAPStatus } from 'homebridge';

// Homebridge declares these as const enums, which compiled modules can't read: their values, by the HAP specification.

/** Accessory category (HAP R2, 13-1). */
export const IP_CAMERA: Categories = 17;
/** Accessory category (HAP R2, 13-1). */
export const SWITCH: Categories = 8;
/** The accessory can't reach its device (HAP R2, 6-11). */
export const SERVICE_COMMUNICATION_FAILURE: HAPStatus = -70402;
/** Event of a characteristic: it has another value (HAP-NodeJS). */
export const CHANGE = 'change' as CharacteristicEventTypes.CHANGE;
/** Why a characteristic changed: somebody wrote it in Home (HAP-NodeJS). */
export const WRITTEN_BY_HOME = 'write' as ChangeReason.WRITE;
