/**
 * The driver of EverFocus NVRs; docs/driver.md shows how to use it.
 *
 * @packageDocumentation
 */
export type { CallOptions } from './client/caller.js';
export type { Priority } from './client/request-queue.js';
export { type Facade, Nvr } from './client/nvr.js';
export { type CallArguments, NvrClient } from './client/nvr-client.js';
export type { ControlPath, Dialect } from './client/dialect.js';
export type { DigestUri } from './client/digest.js';
export type { NvrClientOptions } from './client/options.js';
export type { RawRequest } from './client/raw-request.js';
export { type Clock, ManualClock, systemClock, type Timer } from './clock.js';
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
} from './helpers/motion-cells.js';
export { FileStore } from './file-store.js';
export { DAYS, type Day, scheduleMap, type ScheduleRange, scheduleRanges } from './helpers/schedule-ranges.js';
export type { EventChange, EventStates, EventStatesListener } from './hooks/event-states.js';
export type { QueuePolicy } from './hooks/backlog.js';
export type { Hook, HookListener, Subscription } from './hooks/hook.js';
export type { MessageSender } from './hooks/message-sender.js';
export type { ConnectionChange, MessageStream, StreamOptions } from './hooks/message-stream.js';
export type { ChannelStatus, NvrEvent, NvrMetadata } from './hooks/messages.js';
export type { Notice, NvrException, NvrMessage } from './hooks/notices.js';
export { type ClipQuery, downloadClip } from './helpers/clip.js';
export { downloadClipAsMp4, type Mp4Options, saveClipAsMp4 } from './helpers/clip-mp4.js';
export { type RecordedInterval, type RecordedQuery, recordedIntervals } from './helpers/recorded-intervals.js';
export type { TimeRange } from './helpers/time-range.js';
export { newestSnapshot, type NewestSnapshotOptions, type StoredSnapshot } from './helpers/newest-snapshot.js';
export { type PinPulseOptions, pulsePin } from './helpers/pin-pulse.js';
export { movePtz, type PtzDirection, type PtzMove } from './helpers/ptz-move.js';
export type { TimedOptions } from './helpers/dead-man.js';
export { localDayStart, type TimeSettings, utcOffsetAt } from './helpers/local-time.js';
export { describeTimeZone, type TimeZone, timeZoneSettings, type ZoneSettings } from './helpers/time-zone.js';
export { type Logger, silentLogger } from './logger.js';
export type { FrameFaults, FrameReading } from './media/frame-reassembler.js';
export type { AudioFrame, ByteOrder, Frame, FrameBase, VideoCodec, VideoFrame } from './media/frame.js';
export { encodeMuLaw } from './media/mu-law.js';
export type { Playback, PlaybackOptions, PlaybackSpeed, PlaybackStreamOptions } from './media/playback.js';
export type { PlaybackListener } from './media/playback-connection.js';
export type { Talk } from './media/talk.js';
export type { TalkTarget } from './media/talks.js';
export type { LiveFeed, LiveFeedListener } from './media/live-feed.js';
export type { StreamName } from './media/stream-name.js';
export type { Rtsp, RtspOptions } from './rtsp/rtsp.js';
export type { RtspTarget } from './rtsp/rtsp-address.js';
export type { RtspPacket, RtspStream } from './rtsp/rtsp-stream.js';
export type { RtspTrack } from './rtsp/session-description.js';
export type { BodyEncoding, Domain, Effect, Operation, Pace, ParameterProblem } from './sdk/declaration.js';
export type { ParamsOf, ReadBack, Reply, ReplyOf, Socket, Split, StatusReply, Traffic } from './sdk/declaration.js';
export { findOperation, operations, sockets } from './sdk/index.js';
export type { OperationId, OperationParams, OperationReply } from './sdk/index.js';
export type { PlaybackCommand } from './sdk/playback.js';
export { parametersOf, type Parameter } from './sdk/parameters.js';
export { modifySettings } from './settings/modify-settings.js';
