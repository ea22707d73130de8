import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../setup/problem.mjs';
import type { Children } from './children.js';
import type { DemoOptions } from './options.mjs';
import type { DemoNvr } from './simulator.js';

/** What makes HomeKit take two starts for the same bridge. */
interface Identity {
  readonly username: string;
  readonly pin: string;
}

/** What the user has to know of the bridge. */
export interface Bridge {
  readonly pin: string;
  /** What the QR code says. */
  readonly setupUri: string;
  /** A home has it already and no other can add it. */
  readonly paired: boolean;
}

/** Starts Homebridge with the plugin of this checkout and waits for the NVR's cameras. */
export async function startHomebridge(
  children: Children,
  root: string,
  options: DemoOptions,
  nvr: DemoNvr,
): Promise<Bridge> {
  const storage = join(options.storage, 'homebridge');
  mkdirSync(storage, { recursive: true });
  const identity = rememberedIdentity(join(storage, 'identity.json'));
  const config = homebridgeConfiguration(options, identity, nvr);
  writeFileSync(join(storage, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  const program = join(root, 'node_modules/homebridge/bin/homebridge.js');
  const { opening } = await children.start(
    'Homebridge',
    [program, '-Q', '-T', '-U', storage, '-P', root, '--strict-plugin-resolution'],
    [/ is running on port \d+/, /Demo NVR.* connected/],
  );
  const setupUri = opening.find((line) => line.startsWith('X-HM://'));
  if (!setupUri) throw new Problem('START_FAILED', 'Homebridge printed no setup payload.');
  return { pin: identity.pin, setupUri, paired: isPaired(storage, identity.username) };
}

/** Whether Homebridge remembers a pairing of the bridge with this username. */
export function isPaired(storage: string, username: string): boolean {
  // The file and its field are those of HAP-NodeJS (AccessoryInfo.persistKey).
  const file = join(storage, 'persist', `AccessoryInfo.${username.replaceAll(':', '')}.json`);
  if (!existsSync(file)) return false;
  const { pairedClients = {} } = JSON.parse(readFileSync(file, 'utf8')) as { pairedClients?: object };
  return Object.keys(pairedClients).length > 0;
}

/** Homebridge's `config.json`. */
export function homebridgeConfiguration(
  { lan, ports }: Pick<DemoOptions, 'lan' | 'ports'>,
  identity: Identity,
  nvr: DemoNvr,
) {
  return {
    bridge: {
      // HomeKit adds the end of the user name.
      name: 'EverFocus Demo',
      ...identity,
      port: ports.homekit,
      // Where the bridge is announced by mDNS: everywhere if not said. HAP-NodeJS listens on every address all the same.
      ...(!lan && { bind: ['127.0.0.1'] }),
    },
    platforms: [{ platform: 'EverFocusNVR', name: 'EverFocus NVR', nvrs: [{ name: 'Demo NVR', ...nvr }] }],
  };
}

function rememberedIdentity(path: string): Identity {
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Identity;
  // 0x02: a locally administered MAC address.
  const username = [2, ...randomBytes(5)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
  // HomeKit refuses 123-45-678 and 876-54-321: both lie outside this range.
  const digits = String(randomInt(13_000_000, 87_000_000));
  const identity = { username, pin: `${digits.slice(0, 3)}-${digits.slice(3, 5)}-${digits.slice(5)}` };
  writeFileSync(path, `${JSON.stringify(identity)}\n`);
  return identity;
}
