import type { API, DynamicPlatformPlugin, Logging, PlatformPluginConstructor } from 'homebridge';
import { PLATFORM_NAME, PLUGIN_NAME } from './settings.js';

/**
 * What Homebridge calls once the plugin is loaded. Nothing else of the plugin is loaded before the Node.js at hand is
 * known to do: what it would say itself, "Cannot read properties of undefined", helps nobody.
 */
export default async function register(api: API): Promise<void> {
  api.registerPlatform(PLUGIN_NAME, PLATFORM_NAME, await loadPlatform());
}

async function loadPlatform(): Promise<PlatformPluginConstructor> {
  const { node } = process.versions;
  if (!isNewEnough(node)) {
    return idlePlatform(`needs Node.js 22.9 or later, and Homebridge runs on ${node}: update Node.js.`);
  }
  try {
    const { EverFocusPlatform } = await import('./platform.js');
    return EverFocusPlatform;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return idlePlatform(
      `cannot be loaded on Node.js ${node} (${reason}). Was it installed with another Node.js than the one that ` +
        'Homebridge runs on? Install it again, best from the Homebridge UI.',
    );
  }
}

/** @param version of Node.js, `22.9.0` */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 9);
}

/** Says what is wrong and does nothing. It is there for the accessories: of a plugin that fails, Homebridge drops them. */
function idlePlatform(problem: string): PlatformPluginConstructor {
  return class implements DynamicPlatformPlugin {
    constructor(logger: Logging) {
      logger.error(`The plugin ${problem} Until then the accessories stay as they are, and do not respond.`);
    }

    configureAccessory(): void {
      // It stays in Homebridge's cache.
    }
  };
}
