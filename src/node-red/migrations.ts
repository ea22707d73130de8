import { InvalidParameterError } from '../shared/index.js';
import { FlowError } from './errors.js';

/** Turns the stored configuration of one version into that of the next. */
export type Migration = (config: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/**
 * Brings a stored configuration up to date. `migrations[0]` leads from version 1 to 2, and so on; the current
 * version is one more than their number. A configuration without a version counts as version 1.
 *
 * @throws FlowError `NEWER_VERSION` when a newer release of this package wrote it; InvalidParameterError where the version is
 *   none
 */
export function migrate<Config extends object>(config: Config, migrations: readonly Migration[]): Config {
  const current = migrations.length + 1;
  const version = versionOf((config as { readonly version?: unknown }).version ?? 1);
  if (version > current) {
    throw new FlowError('NEWER_VERSION', 'made with a newer release of homebridge-everfocus-nvr: please update it');
  }
  const start = { ...config } as Record<string, unknown>;
  const migrated = migrations.slice(version - 1).reduce((old, step) => step(old), start);
  return { ...migrated, version: current } as unknown as Config;
}

/** @throws InvalidParameterError */
function versionOf(stored: unknown): number {
  const version = typeof stored === 'string' ? Number(stored) : stored;
  if (typeof version === 'number' && Number.isInteger(version) && version >= 1) return version;
  throw new InvalidParameterError('version', 'must be a whole number from 1');
}
