const KiB = 1024;
const MiB = 1024 * KiB;

/** What fetching a recording, and making an MP4 of it, may take, see `limits.ts`. */
export const clipLimits = {
  /** Bytes for each second of it (4K has 2 MB at most), and beyond. */
  ...{ perSecond: 8 * MiB, least: 64 * MiB },
  /** Bytes that converting it takes at once. */
  allocation: 16 * MiB,
  /**
   * Bytes beyond, for each second of it, where it goes into a file, whose index grows with it, and the most of all: 60
   * pictures a second take 11 kB where ffmpeg has just made room, a day of 25 a second 370 MB.
   */
  ...{ index: 12 * KiB, largestIndex: 512 * MiB },
  /** s of a processor that converting it takes, beyond its own length: a small machine needs a quarter of that. */
  work: 30,
} as const;
