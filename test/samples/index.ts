import { accountSamples } from './account.js';
import { alarmSettingsSamples } from './alarm-settings.js';
import { cameraNetworkSamples } from './camera-network.js';
import { cameraSamples } from './cameras.js';
import { encoderSamples } from './encoder.js';
import { eventSamples } from './events.js';
import { fleetSamples } from './fleet.js';
import { gpioSamples } from './gpio.js';
import { httpsSamples } from './https.js';
import { imagingSamples } from './imaging.js';
import { motionAnalyticsSamples } from './motion-analytics.js';
import { networkSamples } from './network.js';
import { playbackSamples } from './playback.js';
import { ptzSamples } from './ptz.js';
import { recordingSamples } from './recording.js';
import type { Sample } from './sample.js';
import { scheduleSamples } from './schedules.js';
import { snapshotSamples } from './snapshots.js';
import { storageSamples } from './storage.js';
import { systemSamples } from './system.js';
import { timeSamples } from './time.js';

export const samples: readonly Sample[] = [
  ...accountSamples,
  ...cameraSamples,
  ...cameraNetworkSamples,
  ...encoderSamples,
  ...ptzSamples,
  ...eventSamples,
  ...gpioSamples,
  ...httpsSamples,
  ...networkSamples,
  ...playbackSamples,
  ...recordingSamples,
  ...scheduleSamples,
  ...snapshotSamples,
  ...systemSamples,
  ...timeSamples,
  ...storageSamples,
  ...imagingSamples,
  ...alarmSettingsSamples,
  ...motionAnalyticsSamples,
  ...fleetSamples,
];
