import { type Clock, sleep } from '../clock.js';
import { InvalidReplyError, NvrRefusedError } from '../errors.js';
import { downloadSnapshot, getSnapshot } from '../sdk/snapshots.js';
import type { CallOptions, NvrCalls } from '../link/caller.js';

/** ms before each further try to fetch a picture that the NVR has named and does not hand out. */
const WRITING = [500, 1500];

/**
 * A fresh picture of a channel as JPEG, by the NVR's own means (SDK 3.6, 3.9), which leave a file on its disk. "Ask server
 * to get snapshot" does not promise that the file is there with the answer: a while is given to it.
 *
 * @param used is told the path of that file once nobody needs it any more
 */
export async function takeSnapshot(
  client: NvrCalls,
  channel: number,
  options: CallOptions,
  clock: Clock,
  used: (snapshotPath: string) => void,
): Promise<Buffer> {
  const { snapshotPath } = await client.call(getSnapshot, { ChannelID: channel }, options);
  checkSnapshotPath('getSnapshot', snapshotPath);
  try {
    for (const wait of WRITING) {
      try {
        return await client.call(downloadSnapshot, { snapshot: snapshotPath }, options);
      } catch (error) {
        if (!(error instanceof NvrRefusedError || error instanceof InvalidReplyError)) throw error;
      }
      await sleep(clock, wait, options.signal);
    }
    return await client.call(downloadSnapshot, { snapshot: snapshotPath }, options);
  } finally {
    used(snapshotPath);
  }
}

/** @throws {@link InvalidReplyError} where the path that the NVR named can be none of a picture */
export function checkSnapshotPath(operation: string, path: string): void {
  if (path !== '' && !path.split(/[/\\]/).includes('..')) return;
  throw new InvalidReplyError(`${operation}: the NVR named a path that is none: ${path.slice(0, 80)}`);
}
