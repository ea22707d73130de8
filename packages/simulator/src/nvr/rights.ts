import type { Operation } from '../../../../src/shared/sdk/declaration.js';

/** What a user may be kept from (SDK 10.6). The document names the rights and says no more: this is how they read. */
export type Right =
  | 'copy_on'
  | 'live_on'
  | 'log_search'
  | 'manage_disk'
  | 'manual_record'
  | 'manual_snapshot'
  | 'parameter'
  | 'playback_on'
  | 'ptz_on'
  | 'system_maintenance';

/** Operations and WebSockets whose right is not that of their domain; `undefined`: every user may. */
const own: Readonly<Record<string, Right | undefined>> = {
  ...{ getLoginParameters: undefined, login: undefined, logout: undefined },
  ...{ live: 'live_on', playback: 'playback_on', playbackControl: 'playback_on', backupVideoClip: 'copy_on' },
  ...{ getSnapshot: 'manual_snapshot', manualRecord: 'manual_record' },
  ...{ reboot: 'system_maintenance', shutdown: 'system_maintenance', loadDefault: 'system_maintenance' },
  ...{ backupConfig: 'system_maintenance', restoreConfig: 'system_maintenance' },
};

/** The right that an operation or WebSocket needs; `undefined` where every user may do it: most of what only reads. */
export function rightFor(wanted: Pick<Operation, 'id'> & Partial<Operation>): Right | undefined {
  const { id, domain, effect } = wanted;
  if (Object.hasOwn(own, id)) return own[id];
  if (domain === 'log') return 'log_search';
  if (domain === 'account') return 'parameter';
  if (domain === undefined || effect === 'read') return undefined;
  if (domain === 'ptz') return 'ptz_on';
  if (domain === 'storage') return 'manage_disk';
  return domain === 'io' || domain === 'snapshot' || domain === 'recording' ? undefined : 'parameter';
}
