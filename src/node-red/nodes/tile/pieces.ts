/**
 * What a tile's server and its page say to each other. All tiles of a page share one answer, since browsers open six
 * connections to a host at a time: it is a row of pieces, each with a head of {@link HEAD} bytes: length of what follows
 * the head (4, big-endian), number of the tile in the request (1), kind (1).
 */
export const pieceKinds = {
  /** {@link TileNews} as JSON. */
  news: 0,
  /** How the pictures that follow are to be decoded: the begin of an MP4. */
  start: 1,
  /** Pictures: the time of the first (8, float, ms since 1970 UTC by the NVR's clock), then a fragment of MP4. */
  fragment: 2,
} as const;

/** Bytes. */
export const HEAD = 6;
/** Bytes of a piece that a page takes: far more than a picture may have. */
export const LONGEST = 32 * 1024 * 1024;
/** Bytes of the time in front of a fragment. */
export const TIME = 8;

/** ms after which a page says once more that a button of the pad is held. */
export const HOLD_AGAIN = 700;
/** ms without such a word after which the camera is stopped. */
export const HOLD_LOST = 2500;

/** Something that goes on at the camera, or went on. */
export interface TileEvent {
  /** `motion`, `input`, `videoLoss`, or the type as the NVR writes it. */
  readonly kind: string;
  /** ms since 1970 UTC by the NVR's clock. */
  readonly from: number;
  /** Absent while it goes on. */
  readonly to?: number;
}

/** What is so now. */
export interface TileNow {
  /** Name of the camera, where it is known. */
  readonly camera?: string;
  /** Whether the NVR answers. */
  readonly connected?: boolean;
  readonly online?: boolean;
  readonly recording?: boolean;
  /** Kinds of events that go on. */
  readonly active: readonly string[];
}

/** What a page is told. */
export type TileNews =
  | { readonly now: TileNow }
  /** Why there is no picture, or something failed. */
  | { readonly problem: { readonly code: string; readonly message: string } }
  /** Of a playback: nothing more is recorded. */
  | { readonly ended: true };

/** What a page is told of some hours of the recorder. */
export interface TileHours {
  /** Begin and end, ms since 1970 UTC. */
  readonly recorded: readonly (readonly [number, number])[];
  /** The oldest first. */
  readonly events: readonly TileEvent[];
  /** Time of the NVR. */
  readonly now: number;
  /** ms by which its clock on the wall is ahead of UTC. */
  readonly offset: number;
}

/** What a page asks of the camera's motor. `press`: one press of a button, by a name that the page makes up. */
export type PtzRequest =
  | { readonly do: 'move'; readonly press: string; readonly direction: PtzWord }
  | { readonly do: 'hold' | 'stop'; readonly press: string }
  | { readonly do: 'preset'; readonly preset: string };

export const ptzWords = ['up', 'down', 'left', 'right', 'in', 'out'] as const;
export type PtzWord = (typeof ptzWords)[number];

/** A place that the camera knows. */
export interface TilePreset {
  readonly token: string;
  readonly name: string;
}

/** What a page knows of a tile from the first. */
export interface TileProps {
  /** Path of Node-RED's HTTP nodes, with a slash at its end. */
  readonly root: string;
  readonly name?: string;
  /** Whether there is a pad: always, never, or where the camera has presets. */
  readonly ptz: '' | 'always' | 'never';
  /** What becomes of a snapshot. */
  readonly snapshot: '' | 'download' | 'message';
}
