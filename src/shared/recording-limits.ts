const KiB = 1024;
const MiB = 1024 * KiB;

/** What is put together for one recording of a camera. */
export const recordingLimits = {
  /** Bytes of one fragment: as much as a group of pictures may have. */
  fragment: 16 * MiB,
  /** Pictures of one fragment: a minute of 60 a second. */
  pictures: 3600,
  /** Bytes that wait to be converted: the past that is kept, in one go, and as much again. */
  input: 16 * MiB,
  /** Bytes of fragments that the home hub has not taken; and those of all cameras, the past that is kept anyway left out. */
  ...{ waiting: 32 * MiB, waitingInAll: 128 * MiB },
} as const;

/** What comes to one camera's HomeKit data stream, where home hubs fetch recordings. */
export const hubLimits = {
  /** Bytes of one message: those of hubs have some 200. */
  message: 4 * KiB,
  /** Messages of one connection within 10 s: its first one, and two for each recording. */
  messages: 60,
  /** Connections at a time. A home has few hubs, and one of them records. */
  connections: 16,
  /** Lines in the log within a minute. */
  lines: 10,
} as const;
