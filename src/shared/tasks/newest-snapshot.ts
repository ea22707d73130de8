import type { CallOptions, NvrCalls } from '../link/caller.js';
import { checkSnapshotPath } from './snapshot.js';
import { type Clock, systemClock } from '../clock.js';
import { downloadSnapshot, searchSnapshotPath } from '../sdk/snapshots.js';

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
/** s to look back, one after the other: an NVR that takes a picture every few seconds has a great many of a day. */
const LOOK_BACK = [10 * MINUTE, DAY, 30 * DAY];

/** A picture on the disk of the NVR. */
export interface StoredSnapshot {
  /** By the clock of the NVR. */
  readonly taken: Date;
  /** What for: `Manual`, `Normal`, `Motion` or `InputAlarm`. */
  readonly type: string;
  readonly jpeg: Buffer;
}

export interface NewestSnapshotOptions extends CallOptions {
  readonly clock?: Clock | undefined;
}

/**
 * The newest picture of a channel that is on the disk of the NVR already (SDK 3.7, 3.9), such as one taken on motion;
 * `undefined` where the last 30 days have none. For a fresh picture there is `Nvr.takeSnapshot`.
 *
 * @param channel from 1
 * @throws as `call` does
 */
export async function newestSnapshot(
  client: NvrCalls,
  channel: number,
  { clock = systemClock, ...options }: NewestSnapshotOptions = {},
): Promise<StoredSnapshot | undefined> {
  const now = Math.floor(clock.wall() / 1000);
  for (const lookBack of LOOK_BACK) {
    // The NVR's clock may be ahead.
    const query = { channels: [channel], startTime: now - lookBack, endTime: now + DAY };
    const found = await client.call(searchSnapshotPath, query, options);
    // The document promises no order.
    const [newest] = found
      .filter((snapshot) => snapshot.channel === channel)
      .sort((one, other) => other.timeStamp - one.timeStamp);
    if (!newest) continue;
    const { timeStamp, type, snapshotPath } = newest;
    checkSnapshotPath('searchSnapshotPath', snapshotPath);
    const jpeg = await client.call(downloadSnapshot, { snapshot: snapshotPath }, options);
    return { taken: new Date(timeStamp * 1000), type, jpeg };
  }
  return undefined;
}
