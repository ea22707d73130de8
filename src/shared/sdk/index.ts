import { accountOperations } from './account.js';
import { alarmSettingsOperations } from './alarm-settings.js';
import { cameraNetworkOperations } from './camera-network.js';
import { cameraOperations, cameraSockets } from './cameras.js';
import { clipOperations } from './clips.js';
import type { Operation, ParamsOf, ReplyOf } from './declaration.js';
import { encoderOperations } from './encoder.js';
import { eventOperations, eventSockets } from './events.js';
import { fleetOperations } from './fleet.js';
import { ftpOperations } from './ftp.js';
import { gpioOperations } from './gpio.js';
import { httpsOperations } from './https.js';
import { imagingOperations } from './imaging.js';
import { ipFilterOperations } from './ip-filter.js';
import { logOperations } from './logs.js';
import { mailOperations } from './mail.js';
import { manualOperations } from './manual.js';
import { motionAnalyticsOperations } from './motion-analytics.js';
import { networkOperations } from './network.js';
import { networkLinkOperations } from './network-links.js';
import { noticeSockets } from './notices.js';
import { playbackOperations, playbackSockets } from './playback.js';
import { recordMapOperations } from './record-maps.js';
import { recordSettingOperations } from './record-settings.js';
import { scheduleOperations } from './schedules.js';
import { searchOperations } from './searches.js';
import { ptzOperations } from './ptz.js';
import { snapshotOperations } from './snapshots.js';
import { storageOperations } from './storage.js';
import { streamingSockets } from './streaming.js';
import { systemOperations } from './system.js';
import { timeOperations } from './time.js';

// Written out, so that the package's typings name the chapters instead of repeating them.
type Operations = typeof cameraOperations &
  typeof ptzOperations &
  typeof cameraNetworkOperations &
  typeof encoderOperations &
  typeof playbackOperations &
  typeof snapshotOperations &
  typeof eventOperations &
  typeof scheduleOperations &
  typeof networkOperations &
  typeof networkLinkOperations &
  typeof mailOperations &
  typeof httpsOperations &
  typeof accountOperations &
  typeof systemOperations &
  typeof timeOperations &
  typeof gpioOperations &
  typeof searchOperations &
  typeof recordMapOperations &
  typeof clipOperations &
  typeof recordSettingOperations &
  typeof logOperations &
  typeof manualOperations &
  typeof storageOperations &
  typeof imagingOperations &
  typeof alarmSettingsOperations &
  typeof motionAnalyticsOperations &
  typeof fleetOperations &
  typeof ftpOperations &
  typeof ipFilterOperations;
type Sockets = typeof cameraSockets &
  typeof streamingSockets &
  typeof playbackSockets &
  typeof eventSockets &
  typeof noticeSockets;

/** Every operation of the SDK document, by id, as data. */
export const operations: Operations = {
  ...cameraOperations,
  ...ptzOperations,
  ...cameraNetworkOperations,
  ...encoderOperations,
  ...playbackOperations,
  ...snapshotOperations,
  ...eventOperations,
  ...scheduleOperations,
  ...networkOperations,
  ...networkLinkOperations,
  ...mailOperations,
  ...httpsOperations,
  ...accountOperations,
  ...systemOperations,
  ...timeOperations,
  ...gpioOperations,
  ...searchOperations,
  ...recordMapOperations,
  ...clipOperations,
  ...recordSettingOperations,
  ...logOperations,
  ...manualOperations,
  ...storageOperations,
  ...imagingOperations,
  ...alarmSettingsOperations,
  ...motionAnalyticsOperations,
  ...fleetOperations,
  ...ftpOperations,
  ...ipFilterOperations,
};

/** Every WebSocket of the SDK document, by id, as data. */
export const sockets: Sockets = {
  ...cameraSockets,
  ...streamingSockets,
  ...playbackSockets,
  ...eventSockets,
  ...noticeSockets,
};

export type OperationId = keyof typeof operations;
export type OperationParams<Id extends OperationId> = ParamsOf<(typeof operations)[Id]>;
export type OperationReply<Id extends OperationId> = ReplyOf<(typeof operations)[Id]>;

/** The declaration of an operation, or `undefined` where the name is none. */
export function findOperation(id: string): Operation | undefined {
  return Object.hasOwn(operations, id) ? operations[id as OperationId] : undefined;
}

export { closed } from './closed.js';
export type { Effect, Operation, Reply, Socket } from './declaration.js';
export { EventState } from './events.js';
export { ChannelID, ChannelOrNvrID, epochSeconds } from './fields.js';
export { parametersOf } from './parameters.js';
export { downloadSnapshot } from './snapshots.js';
