import type { Categories, HAPStatus } from 'homebridge';

// Homebridge declares these as const enums, which compiled modules can't read: their values, by the HAP specification.

/** Accessory category (HAP R2, 13-1). */
export const IP_CAMERA: Categories = 17;
/** Accessory category (HAP R2, 13-1). */
export const SWITCH: Categories = 8;
/** The accessory can't reach its device (HAP R2, 6-11). */
export const SERVICE_COMMUNICATION_FAILURE: HAPStatus = -70402;
