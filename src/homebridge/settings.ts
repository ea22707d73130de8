/** Name of the npm package, as Homebridge knows the plugin. */
export const PLUGIN_NAME = 'homebridge-everfocus-nvr';

/** Name of the platform in Homebridge's configuration. */
export const PLATFORM_NAME = 'EverFocusNVR';

/** Folder below Homebridge's own for what is learnt: certificates, dialects, accessories. */
export const STORE_FOLDER = 'everfocus-nvr';

/** Accessories that one bridge of HomeKit may have, those of other plugins included; HAP-NodeJS throws at one more. */
export const MAX_BRIDGED = 149;

/** Alarm outputs and inputs that one accessory may show: HAP-NodeJS throws at the 101st service, and some are others. */
export const MAX_PINS = 90;
