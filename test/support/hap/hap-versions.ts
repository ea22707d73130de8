import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as newest from '@homebridge/hap-nodejs';
import { installed } from '../installed.js';

/** HAP-NodeJS as it comes with the newest and with the oldest Homebridge that the plugin runs on. */
export const hapVersions: Readonly<Record<string, () => Promise<typeof newest>>> = {
  'of the newest Homebridge': () => Promise.resolve(newest),
  'of the oldest Homebridge': async () => {
    const modules = await installed('homebridge-1');
    return createRequire(join(modules, 'homebridge/'))('hap-nodejs') as typeof newest;
  },
};
