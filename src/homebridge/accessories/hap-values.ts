import type { Categories, ChangeReason, CharacteristicEventTypes, HAPStatus } from 'homebridge';

/**
 * A value of an enumeration of HAP. Its typings declare them as const enums, which compiled modules can't read; so the
 * value stands here, and the compiler compares it with the typings: `hapValue<H264Profile.MAIN>('1')`.
 */
export function hapValue<E extends number | string>(value: `${E}`): E {
  return (/^-?\d+$/.test(value) ? Number(value) : value) as E;
}

/** Accessory category (HAP R2, 13-1). */
export const IP_CAMERA = hapValue<Categories.IP_CAMERA>('17');
/** Accessory category (HAP R2, 13-1). */
export const SWITCH = hapValue<Categories.SWITCH>('8');
/** The accessory can't reach its device (HAP R2, 6-11). */
export const SERVICE_COMMUNICATION_FAILURE = hapValue<HAPStatus.SERVICE_COMMUNICATION_FAILURE>('-70402');
/** A value that the accessory does not take (HAP R2, 6-11). */
export const INVALID_VALUE_IN_REQUEST = hapValue<HAPStatus.INVALID_VALUE_IN_REQUEST>('-70410');
/** Event of a characteristic: it has another value (HAP-NodeJS). */
export const CHANGE = hapValue<CharacteristicEventTypes.CHANGE>('change');
/** Why a characteristic changed: somebody wrote it in Home (HAP-NodeJS). */
export const WRITTEN_BY_HOME = hapValue<ChangeReason.WRITE>('write');
