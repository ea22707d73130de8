import type { API } from 'homebridge';
import { EverFocusPlatform } from './platform.js';
import { PLATFORM_NAME, PLUGIN_NAME } from './settings.js';

/** What Homebridge calls once the plugin is loaded. */
export default function register(api: API): void {
  api.registerPlatform(PLUGIN_NAME, PLATFORM_NAME, EverFocusPlatform);
}
