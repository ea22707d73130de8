import { account } from './account.js';
import { alarmSettings } from './alarm-settings.js';
import { cameraNetwork } from './camera-network.js';
import { cameras } from './cameras.js';
import { encoder } from './encoder.js';
import { events } from './events.js';
import { fleet } from './fleet.js';
import { gpio } from './gpio.js';
import type { Handlers } from './handler.js';
import { https } from './https.js';
import { imaging } from './imaging.js';
import { logs } from './logs.js';
import { motionAnalytics } from './motion-analytics.js';
import { network, networkServices } from './network.js';
import { playback } from './playback.js';
import { ptz } from './ptz.js';
import { schedules } from './schedules.js';
import { recordMaps } from './record-maps.js';
import { recordSettings } from './record-settings.js';
import { recordings } from './recordings.js';
import { snapshots } from './snapshots.js';
import { storage } from './storage.js';
import { system } from './system.js';
import { time } from './time.js';

/** What does each operation, by its id; a declared operation without a handler does not compile. */
export const handlers: Handlers = {
  ...account,
  ...cameras,
  ...cameraNetwork,
  ...encoder,
  ...ptz,
  ...events,
  ...gpio,
  ...https,
  ...playback,
  ...network,
  ...networkServices,
  ...schedules,
  ...logs,
  ...recordMaps,
  ...recordSettings,
  ...recordings,
  ...snapshots,
  ...system,
  ...time,
  ...storage,
  ...imaging,
  ...alarmSettings,
  ...motionAnalytics,
  ...fleet,
};
