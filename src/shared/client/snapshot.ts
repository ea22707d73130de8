import { InvalidReplyError } from '../errors.js';
import type { CallOptions } from './caller.js';
import type { NvrClient } from './nvr-client.js';

/**
 * A fresh picture of a channel as JPEG, by the NVR's own means (SDK 3.6, 3.9), which leave a file on its disk.
 *
 * @param used is told the path of that file once nobody needs it any more
 */
export async function takeSnapshot(
  client: Pick<NvrClient, 'call'>,
  channel: number,
  options: CallOptions,
  used: (snapshotPath: string) => void,
): Promise<Buffer> {
  const { snapshotPath } = await client.call('getSnapshot', { ChannelID: channel }, options);
  if (!isPlausible(snapshotPath)) {
    throw new InvalidReplyError(`getSnapshot: the NVR named a path that is none: ${snapshotPath.slice(0, 80)}`);
  }
  try {
    return await client.call('downloadSnapshot', { snapshot: snapshotPath }, options);
  } finally {
    used(snapshotPath);
  }
}

function isPlausible(path: string): boolean {
  return path !== '' && !path.split(/[/\\]/).includes('..');
}
