import { type Nvr, NvrError, NvrUnreachableError, operations } from '../shared/index.js';

/** Waits for work with a camera; where its socket does not open since the NVR has no such camera, says that, too. */
export async function sayingWhichCameras<T>(
  client: Nvr,
  channel: number,
  signal: AbortSignal,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof NvrUnreachableError) || signal.aborted) throw error;
    const list = await client.call(operations.cameraList, {}, { signal }).catch((unknown: unknown) => {
      throw unknown instanceof NvrError ? error : unknown;
    });
    const channels = list.map(({ ChannelID }) => ChannelID);
    if (channels.length === 0 || channels.includes(channel)) throw error;
    throw new NvrUnreachableError(`${error.message}: there is no camera ${channel}, but ${channels.join(', ')}`);
  }
}
