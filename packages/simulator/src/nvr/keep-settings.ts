import type { Accounts } from './accounts.js';
import type { AlarmSettings } from './alarm-settings.js';
import type { CameraSettings } from './camera-network.js';
import type { Cameras } from './cameras.js';
import type { ChannelSettings } from './channel-settings.js';
import type { Configuration, Keeper } from './configuration.js';
import type { Network } from './network.js';
import type { RecordSettings } from './record-settings.js';
import type { ScheduleGroup, Schedules } from './schedules.js';
import type { SnapshotSettings } from './snapshots.js';
import type { Storage } from './storage.js';
import type { System } from './system.js';
import type { NvrTime } from './time.js';

/** The parts of an NVR that keep settings. */
interface Settable {
  readonly configuration: Configuration;
  readonly accounts: Accounts;
  readonly network: Network;
  readonly system: System;
  readonly time: NvrTime;
  readonly xFleet: Keeper<object>;
  readonly alarms: AlarmSettings;
  readonly storage: Storage;
  readonly cameras: Cameras;
  readonly schedules: Schedules;
  readonly recordSettings: RecordSettings;
  readonly snapshotSettings: ChannelSettings<SnapshotSettings>;
}

/** What is set at this NVR and outlives a restart, by the category whose defaults it can be set back to. */
export function keepSettings(nvr: Settable): void {
  const { configuration, accounts, network, system, time, xFleet, alarms, storage, cameras, schedules } = nvr;
  // Cameras first: what follows belongs to their channels.
  configuration.keep('cameras', 'channels', camerasOf(cameras));
  configuration.keep('names', 'device', { get: () => system.names, set: (names) => (system.names = names) });
  configuration.keep('accounts', 'system', { get: () => accounts.all, set: (all) => accounts.restore(all) });
  configuration.keep('time', 'system', { get: () => time.settings, set: (settings) => (time.settings = settings) });
  configuration.keep('interfaces', 'network', network.interfaces);
  configuration.keep('ddns', 'network', network.ddns);
  configuration.keep('mail', 'network', network.mail);
  configuration.keep('ftp', 'network', network.ftp);
  configuration.keep('filter', 'network', network.filter);
  configuration.keep('xFleet', 'network', xFleet);
  configuration.keep('storage', 'record', storage);
  configuration.keep('exceptions', 'alarm', alarms.exceptions);
  configuration.keep('gps', 'alarm', alarms.gps);
  configuration.keep('gSensor', 'alarm', alarms.gSensor);
  for (const alarmType of ['Motion', 'InputAlarm', 'GPIO'] as const) {
    configuration.keep(`alarm${alarmType}`, 'alarm', {
      get: () => alarms.get(alarmType),
      set: (settings) => alarms.restore({ alarmType, settings }),
    });
  }
  configuration.keep('ports', 'network', {
    get: () => network.ports ?? null,
    set: (ports) => (network.ports = ports ?? undefined),
  });
  configuration.keep('recordSettings', 'record', forChannels(cameras, nvr.recordSettings));
  configuration.keep('snapshotSettings', 'record', forChannels(cameras, nvr.snapshotSettings));
  configuration.keep('schedules', 'record', {
    get: () =>
      cameras.all.flatMap(({ channel }) =>
        GROUPS.map((group) => ({ channel, group, schedules: schedules.get(channel, group) })),
      ),
    set: (changes) => schedules.set(changes.filter(({ channel }) => cameras.has(channel))),
  });
}

const GROUPS: readonly ScheduleGroup[] = ['Record', 'Snapshot', 'Email', 'FTP', 'Alarm'];

interface KeptCamera {
  readonly channel: number;
  readonly settings: CameraSettings;
}

function camerasOf(cameras: Cameras): Keeper<readonly KeptCamera[]> {
  return {
    get: () => cameras.all.map(({ channel, settings }) => ({ channel, settings })),
    set: (kept) => {
      const gone = cameras.all.filter(({ channel }) => !kept.some((other) => other.channel === channel));
      for (const { channel } of gone) cameras.delete(channel);
      for (const { channel, settings } of kept) {
        // What is set in a camera stays with it.
        if (cameras.has(channel)) cameras.update(channel, settings);
        else cameras.set(channel, settings);
      }
    },
  };
}

/** Settings of channels that are no more are forgotten. */
function forChannels<T extends object>(
  cameras: Cameras,
  settings: ChannelSettings<T>,
): Keeper<readonly (readonly [number, T])[]> {
  return {
    get: () => settings.all,
    set: (kept) => settings.set(kept.filter(([channel]) => cameras.has(channel))),
  };
}
