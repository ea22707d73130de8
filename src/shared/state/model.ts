import type { NvrError } from '../errors.js';
import type { EventChange } from './active-events.js';
import type { DroppedChanges } from './change-pacer.js';

/** Whether the NVR answers, as far as anybody who watches its state can know. */
export type Connection =
  /** Nobody has asked yet, or what was known is past. */
  | { readonly is: 'unknown' }
  | { readonly is: 'connected' }
  /** It does not answer; it is tried on. */
  | { readonly is: 'away'; readonly error?: NvrError }
  /** It is not tried on before somebody changes something: a rejected login, a certificate that is not trusted. */
  | { readonly is: 'rejected'; readonly error: NvrError };

/** What the NVR is (SDK 10.17). */
export interface NvrDevice {
  readonly serial?: string;
  readonly model?: string;
  /** Version. */
  readonly software?: string;
  readonly name?: string;
}

/** A camera as the NVR lists it (SDK 2.3), disabled ones too. */
export interface ListedCamera {
  readonly channel: number;
  readonly enabled: boolean;
  readonly name?: string;
  /** As the NVR writes it. It may not say it, or only once the camera was on line. */
  readonly mac?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly firmware?: string;
}

/** What a camera does now (SDK 2.8); absent is what the NVR does not tell. */
export interface CameraState {
  readonly channel: number;
  readonly online?: boolean;
  readonly recording?: boolean;
  /** Whether it is recorded by hand (SDK 9.27); known only where somebody watches that. */
  readonly manual?: boolean;
}

/** The pins of the NVR (SDK 10.19). */
export interface Pins {
  /** DI. */
  readonly inputs: readonly number[];
  /** DO. */
  readonly outputs: readonly number[];
  /** Channels whose camera has alarm inputs of its own: an event `InputAlarm` tells of them, of all alike. */
  readonly camerasWithInputs: readonly number[];
}

/** A disk of the NVR (SDK 9.4), or one that it reported under a name that it does not list: then that name is its slot. */
export interface Disk {
  readonly slot: string;
  /** Device file on the NVR. */
  readonly device: string;
  /** Whether the NVR uses it. */
  readonly active: boolean;
  readonly model?: string;
  /** With its unit. */
  readonly size?: string;
  /**
   * What the NVR last reported to be wrong with it: `DiskError`, `DiskFull` (SDK 10.13). It tells no end: that is when the
   * disk is exchanged or formatted, or room is made, and a day after the last report.
   */
  readonly exception?: string;
}

/** One change of what is known. `first`: told to somebody who has just come, or for whom it has just become known. */
export type StateChange =
  | { readonly kind: 'connection'; readonly connection: Connection; readonly first?: true }
  | { readonly kind: 'device'; readonly device: NvrDevice; readonly first?: true }
  /** The list has been read. It may be the same as before: that is news to whoever counts for how long a camera is missing. */
  | { readonly kind: 'cameras'; readonly cameras: readonly ListedCamera[]; readonly first?: true }
  /** `undefined`: not known any more. */
  | {
      readonly kind: 'camera';
      readonly channel: number;
      readonly camera: CameraState | undefined;
      readonly first?: true;
    }
  /** Whether events are known: after a lost connection the last word stands, and is doubtful. */
  | { readonly kind: 'events'; readonly known: boolean; readonly first?: true }
  | ({ readonly kind: 'event' } & EventChange & { readonly first?: never })
  /**
   * What is active where somebody has just come. Without a type: the NVR tells only that some event, or none, is active at
   * that channel.
   */
  | {
      readonly kind: 'event';
      readonly channel: number;
      readonly type?: string;
      readonly active: boolean;
      readonly first: true;
    }
  /** A flood of one (channel, type): so many changes of it were not told. */
  | ({ readonly kind: 'dropped'; readonly first?: never } & DroppedChanges)
  /** `undefined`: the NVR does not tell; a model without pins may refuse the question. */
  | { readonly kind: 'pins'; readonly pins: Pins | undefined; readonly first?: true }
  /** `on` is `undefined` while it is not known. DI: raw, 1 is on. */
  | {
      readonly kind: 'input' | 'output';
      readonly pin: number;
      readonly on: boolean | undefined;
      readonly first?: true;
    }
  | { readonly kind: 'disks'; readonly disks: readonly Disk[]; readonly first?: true }
  /** The NVR answers, and cannot be asked for this; told once until it can. */
  | { readonly kind: 'unreadable'; readonly what: Readable; readonly error: NvrError; readonly first?: never };

/** What is read. */
export type Readable = 'device' | 'list' | 'pins' | 'disks';

/** Which channels. */
export interface ChannelInterest {
  /** Default: all. */
  readonly channels?: Iterable<number> | undefined;
}

/** Which events: of these channels and these types, or of all. Types are compared without regard to case. */
export interface EventInterest extends ChannelInterest {
  readonly types?: Iterable<string> | undefined;
}

/** What somebody wants to know. Only what is watched is asked for. Everybody is told of the connection. */
export interface Interest {
  /** What the NVR is; read every 3 minutes. */
  readonly device?: boolean | undefined;
  /** Which cameras there are; read every 3 minutes, and when a channel turns up that was not listed. */
  readonly list?: boolean | undefined;
  /** What cameras do; comes every second. */
  readonly cameras?: boolean | ChannelInterest | undefined;
  /** Which of these cameras are recorded by hand; read every 10 s, and when this driver has started or stopped one. */
  readonly manual?: boolean | undefined;
  readonly events?: boolean | EventInterest | undefined;
  /** The NVR's own pins and their values; read every 3 s, and at once after an event of theirs. */
  readonly pins?: boolean | undefined;
  /** Read every minute, and at once after an exception of theirs. */
  readonly disks?: boolean | undefined;
}
