const KiB = 1024;
const MiB = 1024 * KiB;

/** See `limits.ts`. */
export const captureLimits = {
  /** Requests with their answers: some 60 operations, those of cameras for each camera. */
  exchanges: 600,
  /** Bytes of one answer or message: the rest is cut off, and it is said. */
  body: 128 * KiB,
  /** Bytes of all of them: what comes then is left out. */
  bytes: 8 * MiB,
  /** Cameras that are asked about, each by some 15 operations. */
  cameras: 16,
  /** Messages of one push WebSocket: the status comes once a second. */
  messages: 1000,
  /** Messages of one live stream. */
  frames: 400,
  /** Different texts for which a stand-in is remembered. */
  secrets: 20_000,
  /** Secrets that are looked for in what stays, and UTF-16 units of that. */
  ...{ telling: 1000, kept: 256 },
  /** Lists and objects within each other. */
  depth: 32,
  /** ms after which nothing more is asked. */
  time: 600_000,
  /** Bytes of a bundle that is replayed. */
  bundle: 32 * MiB,
  /** Values (and names) in it: a request with its answer has some 50, a message 5. */
  values: 1_000_000,
} as const;
