import * as account from './account.js';
import * as cameras from './cameras.js';
import type { Operation, ParamsOf, ReplyOf } from './declaration.js';
import * as events from './events.js';
import * as gpio from './gpio.js';
import * as network from './network.js';
import * as snapshots from './snapshots.js';
import { live } from './streaming.js';
import * as system from './system.js';

/** Every operation of the SDK document that the driver knows, by id, as data. */
export const operations = {
  cameraList: cameras.cameraList,
  cameraDetail: cameras.cameraDetail,
  cameraStatus: cameras.cameraStatus,
  getSnapshot: snapshots.getSnapshot,
  searchSnapshotPath: snapshots.searchSnapshotPath,
  deleteSnapshot: snapshots.deleteSnapshot,
  downloadSnapshot: snapshots.downloadSnapshot,
  addEvent: events.addEvent,
  getPort: network.getPort,
  getLoginParameters: account.getLoginParameters,
  login: account.login,
  logout: account.logout,
  getSystemInfo: system.getSystemInfo,
  getGPIOInfo: gpio.getGPIOInfo,
  getPinStatus: gpio.getPinStatus,
  pinManualSetting: gpio.pinManualSetting,
} as const;

/** Every WebSocket of the SDK document that the driver knows, by id, as data. */
export const sockets = {
  cameraStatusHook: cameras.cameraStatusHook,
  live,
  addEventSocket: events.addEventSocket,
  eventHook: events.eventHook,
} as const;

export type OperationId = keyof typeof operations;
export type OperationParams<Id extends OperationId> = ParamsOf<(typeof operations)[Id]>;
export type OperationReply<Id extends OperationId> = ReplyOf<(typeof operations)[Id]>;

/** The declaration of an operation, or `undefined` where the name is none. */
export function findOperation(id: string): Operation | undefined {
  return Object.hasOwn(operations, id) ? operations[id as OperationId] : undefined;
}
