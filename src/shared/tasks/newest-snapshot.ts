import type { CallOptions, NvrCalls } from '../link/caller.js';
import { checkSnapshotPath } from './snapshot.js';
import { type Clock, systemClock } from '../clock.js';
import { NvrRefusedError } from '../errors.js';
import { downloadSnapshot, searchSnapshotPath } from '../sdk/snapshots.js';

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
/** s to look back, one after the other: an NVR that takes a picture every few seconds has a great many of a day. */
const LOOK_BACK = [10 * MINUTE, DAY, 30 * DAY];
/** Pictures of one list that are asked for where the NVR has none any more of those that are newer. */
const TRIES = 3;

/** A picture on the disk of the NVR. */
export interface StoredSnapshot {
  /** By the clock of the NVR. */
  readonly taken: Date;
  /** What for: `Manual`, `Normal`, `Motion` or `InputAlarm`. */
  readonly type: string;
  readonly jpeg: Buffer;
}

export interface NewestSnapshotOptions extends CallOptions {
  /** The newest that was taken at this time or before, by the clock of the NVR. Default: the newest of all. */
  readonly until?: Date | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * The newest picture of a channel that is on the disk of the NVR already (SDK 3.7, 3.9), such as one taken on motion;
 * `undefined` where the last 30 days have none. For a fresh picture there is {@link livePicture}.
 *
 * @param channel from 1
 * @throws as `call` does
 */
export async function newestSnapshot(
  client: NvrCalls,
  channel: number,
  { clock = systemClock, until, ...options }: NewestSnapshotOptions = {},
): Promise<StoredSnapshot | undefined> {
  const now = Math.floor((until?.getTime() ?? clock.wall()) / 1000);
  // The NVR's clock may be ahead; where one asks by it, it is not.
  const latest = until ? now : now + DAY;
  let refused: NvrRefusedError | undefined;
  for (const lookBack of LOOK_BACK) {
    const query = { channels: [channel], startTime: Math.max(0, now - lookBack), endTime: latest + 1 };
    const found = await client.call(searchSnapshotPath, query, options);
    refused = undefined;
    // The document promises neither an order nor whether the end is included.
    const newest = found
      .filter((snapshot) => snapshot.channel === channel && snapshot.timeStamp <= latest)
      .sort((one, other) => other.timeStamp - one.timeStamp);
    for (const { timeStamp, type, snapshotPath } of newest.slice(0, TRIES)) {
      checkSnapshotPath('searchSnapshotPath', snapshotPath);
      try {
        const jpeg = await client.call(downloadSnapshot, { snapshot: snapshotPath }, options);
        return { taken: new Date(timeStamp * 1000), type, jpeg };
      } catch (error) {
        // Whoever took a picture for a moment may have deleted it since it was listed.
        if (!(error instanceof NvrRefusedError)) throw error;
        refused = error;
      }
    }
  }
  if (refused) throw refused;
  return undefined;
}
