import { InvalidReplyError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { CallOptions } from './caller.js';
import type { NvrClient } from './nvr-client.js';

/**
 * A fresh picture of a channel as JPEG, by the NVR's own means (SDK 3.6, 3.9, 3.8): taken, downloaded, and its file
 * deleted again, so that polling does not fill the recorder's disk.
 */
export async function takeSnapshot(
  client: NvrClient,
  logger: Logger,
  channel: number,
  options: CallOptions,
): Promise<Buffer> {
  const { snapshotPath } = await client.call('getSnapshot', { ChannelID: channel }, options);
  if (!isPlausible(snapshotPath)) {
    throw new InvalidReplyError(`getSnapshot: the NVR named a path that is none: ${snapshotPath.slice(0, 80)}`);
  }
  try {
    return await client.call('downloadSnapshot', { snapshot: snapshotPath }, options);
  } finally {
    await client.call('deleteSnapshot', { snapshotPath }).catch((error: unknown) => {
      logger.warn(`a snapshot stays on the disk of the NVR (${snapshotPath}): ${String(error)}`);
    });
  }
}

function isPlausible(path: string): boolean {
  return path !== '' && !path.split(/[/\\]/).includes('..');
}
