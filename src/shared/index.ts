/**
 * The driver of EverFocus NVRs; docs/driver.md shows how to use it.
 *
 * @packageDocumentation
 */
export type { CallArguments, CallOptions, ClosesAfter, NvrCalls } from './link/caller.js';
export type { Priority } from './link/request-queue.js';
export { type Facade, Nvr, NvrClient } from './nvr.js';
export type { ControlPath, Dialect } from './link/dialect.js';
export type { DigestAction, DigestUri } from './wire/digest.js';
export { isHost, type NvrClientOptions } from './link/options.js';
export { reconnectDelay } from './link/backoff.js';
export type { RawRequest } from './wire/raw-request.js';
export type { LimitName } from './limits.js';
export type { LimitCounters, LimitHits } from './limit-counters.js';
export { abortable, type Clock, ManualClock, sleep, systemClock, type Timer, within } from './clock.js';
export { type DeviceStore, MemoryStore } from './device-store.js';
export { type Check, diagnose, type DiagnoseOptions, type Diagnosis } from './diagnosis/diagnose.js';
export { discover, type DiscoveredDevice, type DiscoverOptions, type Discovery } from './discovery/discover.js';
export type { DiscoveryProblem } from './discovery/discover.js';
export type { DeviceInfo } from './discovery/device-info.js';
export type { NetworkInterface } from './discovery/network-interfaces.js';
export * from './errors.js';
export {
  type CellLayout,
  cellsFromHex,
  cellsFromText,
  cellsToHex,
  cellsToText,
  type MotionCells,
} from './tasks/motion-cells.js';
export { FileStore } from './file-store.js';
export { DAYS, type Day, scheduleMap, type ScheduleRange, scheduleRanges } from './tasks/schedule-ranges.js';
export type { EventChange } from './state/active-events.js';
export type { DroppedChanges } from './state/change-pacer.js';
export type { EventStates, EventStatesListener } from './state/event-states.js';
export type { NvrState } from './state/nvr-state.js';
export type {
  CameraState,
  ChannelInterest,
  Connection,
  Disk,
  EventInterest,
  Interest,
  ListedCamera,
  NvrDevice,
  Pins,
  Readable,
  StateChange,
} from './state/model.js';
export type { QueuePolicy } from './push/backlog.js';
export type { Hook, HookListener, Subscription } from './push/hook.js';
export type { MessageSender } from './push/message-sender.js';
export type { ConnectionChange, MessageStream, StreamOptions } from './push/message-stream.js';
export type { ChannelStatus, NvrEvent, NvrMetadata } from './push/messages.js';
export type { Notice, NvrException, NvrMessage } from './push/notices.js';
export { type ClipQuery, downloadClip, saveClip, type SaveOptions } from './tasks/clip.js';
export {
  type EventSearch,
  findEvents,
  findLogs,
  findMetadata,
  type Found,
  type LogEntry,
  type LogSearch,
  type MetadataSearch,
  type PastEvent,
  type PastMetadata,
  type Search,
} from './tasks/find.js';
export { downloadClipAsMp4, type Mp4Options, saveClipAsMp4 } from './tasks/clip-mp4.js';
export { type RecordedInterval, type RecordedQuery, recordedIntervals } from './tasks/recorded-intervals.js';
export type { TimeRange } from './tasks/time-range.js';
export type { LocalClock } from './values/index.js';
export { newestSnapshot, type NewestSnapshotOptions, type StoredSnapshot } from './tasks/newest-snapshot.js';
export { type PinPulseOptions, pulsePin } from './tasks/pin-pulse.js';
export { movePtz, type PtzDirection, type PtzMove } from './tasks/ptz-move.js';
export type { TimedOptions } from './tasks/dead-man.js';
export { localDayStart, nvrClock, type TimeSettings, utcOffsetAt } from './tasks/local-time.js';
export { describeTimeZone, type TimeZone, timeZoneSettings, type ZoneSettings } from './tasks/time-zone.js';
export { type Logger, silentLogger } from './logger.js';
export type { FrameFaults, FrameReading } from './media/frame-reassembler.js';
export type { AudioFrame, ByteOrder, Frame, FrameBase, VideoCodec, VideoFrame } from './codec/frame.js';
export { encodeMuLaw } from './codec/mu-law.js';
export type { Playback, PlaybackOptions, PlaybackSpeed, PlaybackStreamOptions } from './media/playback.js';
export type { PlaybackListener } from './media/playback-connection.js';
export type { Talk } from './media/talk.js';
export type { TalkTarget } from './media/talks.js';
export type { FeedOptions, LiveFeed, LiveFeedListener } from './media/live-feed.js';
export type { Mp4Audio } from './codec/mp4-start.js';
export { LiveMp4, type LiveSound, type LiveMp4Options, type Mp4Piece } from './media/live-mp4.js';
export type { StreamName } from './sdk/stream-name.js';
export type { Rtsp, RtspOpenOptions, RtspOptions } from './rtsp/rtsp.js';
export type { RtspTarget } from './rtsp/rtsp-address.js';
export type { RtspPacket, RtspStream } from './rtsp/rtsp-stream.js';
export type { RtspTrack } from './rtsp/session-description.js';
export type { BodyEncoding, Domain, Effect, Operation, Pace, ParameterProblem } from './sdk/declaration.js';
export type {
  ParamsOf,
  ReadBack,
  ReadBackQuestion,
  Reply,
  ReplyOf,
  SettingsSource,
  Socket,
  Split,
  StatusReply,
  Traffic,
} from './sdk/declaration.js';
export { findOperation, operations, sockets } from './sdk/index.js';
export type { OperationId, OperationParams, OperationReply } from './sdk/index.js';
export type { PlaybackCommand } from './sdk/playback.js';
export { parametersOf, type Parameter } from './sdk/parameters.js';
export { modifySettings } from './tasks/modify-settings.js';
export {
  patchSettings,
  readSettings,
  restoreSettings,
  type SettingsPair,
  settingsPairs,
} from './tasks/settings-pairs.js';
