import { join } from 'node:path';
import { installed } from '../installed.js';
import type { HomebridgeOptions } from './homebridge-process.js';

/** The oldest Homebridge that the plugin runs on, and the oldest Node.js (`engines` of package.json). */
export async function oldestHomebridge(): Promise<NonNullable<HomebridgeOptions['installation']>> {
  const modules = await installed('homebridge-1');
  return { node: join(modules, 'node/bin/node'), program: join(modules, 'homebridge/bin/homebridge') };
}
