import type { Static, TSchema } from 'typebox';
import { cleanText } from '../clean-text.js';
import { limits } from '../limits.js';
import { decode } from '../wire/decode.js';
import { cameraStatusHook } from '../sdk/cameras.js';
import { eventHook, metaHook } from '../sdk/events.js';

/** Something that a module of the NVR reported (SDK 4.2). */
export interface NvrEvent {
  /** Number of the camera; 0 is the NVR itself. */
  readonly channel: number;
  /** An open set: `Motion`, `InputAlarm`, `VideoLoss`, … */
  readonly type: string;
  /** Edges of one (channel, type), or a pulse. */
  readonly state: 'active' | 'inactive' | 'once';
}

/** Metadata that a module of the NVR threw (SDK 4.4). */
export interface NvrMetadata {
  /** Number of the camera; 0 is the NVR itself. */
  readonly channel: number;
  /** An open set: `manualStart`, `diEventStart`, … */
  readonly type: string;
  /** In the words of whoever threw it; an object (9.27) comes as JSON. */
  readonly data: string;
}

/** Status of one channel (SDK 2.8). What the device does not say is absent. */
export interface ChannelStatus {
  readonly channel: number;
  readonly online?: boolean;
  readonly recording?: boolean;
  /** Whether any event is active at the channel. */
  readonly event?: boolean;
}

/** The events in one message: an object or an array of them. One that names no channel is the NVR's own. */
export function readEvents(document: unknown): readonly NvrEvent[] {
  return items(eventHook.message, withChannel(document)).map(({ ChannelID, Type, State }) => ({
    channel: ChannelID,
    type: cleanText(Type, limits.text.word),
    state: State,
  }));
}

/** The metadata in one message, likewise. */
export function readMetadata(document: unknown): readonly NvrMetadata[] {
  return items(metaHook.message, withChannel(document)).map(({ ChannelID, Type, Data = '' }) => {
    const data = typeof Data === 'string' ? Data : JSON.stringify(Data);
    return { channel: ChannelID, type: cleanText(Type, limits.text.word), data };
  });
}

/** One message of the status hook is the status of every channel: always one array. */
export function readStatusMessage(document: unknown): readonly (readonly ChannelStatus[])[] {
  const statuses = readStatuses(document);
  return statuses.length > 0 || (Array.isArray(document) && document.length === 0) ? [statuses] : [];
}

export function readStatuses(document: unknown): readonly ChannelStatus[] {
  return items(cameraStatusHook.message, document).map(({ ChannelID, Online, Recording, Event }) => ({
    channel: ChannelID,
    ...(Online !== undefined && { online: Online }),
    ...(Recording !== undefined && { recording: Recording }),
    ...(Event !== undefined && { event: Event }),
  }));
}

function withChannel(document: unknown): unknown[] {
  return [document].flat().map((item) => (lacksChannel(item) ? { ...item, ChannelID: 0 } : item));
}

function lacksChannel(event: unknown): event is object {
  return typeof event === 'object' && event !== null && (!('ChannelID' in event) || event.ChannelID === null);
}

/** The items of a message that are what the schema says. */
export function items<S extends TSchema>(schema: S, document: unknown): Static<S>[] {
  return [document].flat().flatMap((item) => {
    const decoded = decode(schema, item);
    return decoded ? [decoded.value as Static<S>] : [];
  });
}
