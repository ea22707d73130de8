/** Name of the npm package, as Homebridge knows the plugin. */
export const PLUGIN_NAME = 'homebridge-everfocus-nvr';

/** Name of the platform in Homebridge's configuration. */
export const PLATFORM_NAME = 'EverFocusNVR';
