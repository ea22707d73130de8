import { type Clock, type DeviceStore, Nvr, silentLogger, sleep } from '../../shared/index.js';
import { livePicture, ReadOnlyStore } from '../../shared/internal.js';
import { findFfmpeg, PictureMaker } from '../../shared/ffmpeg/index.js';
import type { NvrConfiguration } from '../config.js';

/** Pixels. */
const WIDTH = 320;
/** ms between two pictures of a camera. */
const PAUSE = 3000;
/** Pictures that are made at a time: the machine has cameras to show to Home, too. */
const AT_ONCE = 4;
/** Cameras of one NVR; more are no page. */
const MOST = 64;
/** Rounds, some ten minutes: a page may be left open for days. */
const ROUNDS = 200;

export interface CameraPicturesOptions {
  readonly clock: Clock;
  readonly store: DeviceStore;
  readonly signal: AbortSignal;
  /** Path of the ffmpeg that the user chose. */
  readonly ffmpeg?: string | undefined;
  readonly tell: (channel: number, jpeg: Buffer) => void;
}

/**
 * Tells what the cameras of an NVR show, again and again, out of their sub streams. Where there is no ffmpeg, or
 * a stream gives nothing, it is one snapshot of the NVR's own: each is written to its disk.
 */
export async function showCameras(nvr: NvrConfiguration, options: CameraPicturesOptions): Promise<void> {
  const { clock, store, signal, ffmpeg: path, tell } = options;
  const ffmpeg = await findFfmpeg({ ...(path !== undefined && { path }), logger: silentLogger });
  const pictures = ffmpeg.path ? new PictureMaker(ffmpeg) : undefined;
  const { host, port, https, fingerprint, username, password } = nvr;
  await using client = new Nvr({
    ...{ host, port, https, fingerprint, username, password, clock },
    store: new ReadOnlyStore(store),
  });
  const cameras = await client.camera.cameraList({}, { signal });
  const shown = new Set(
    cameras
      .filter(({ Enable }) => Enable !== false)
      .map(({ ChannelID }) => ChannelID)
      .slice(0, MOST),
  );
  const show = async (channel: number) => {
    try {
      const { jpeg, from } = await livePicture(client, channel, {
        stream: 'sub',
        width: WIDTH,
        pictures,
        signal,
        clock,
      });
      if (from === 'nvr') shown.delete(channel);
      tell(channel, jpeg);
    } catch {
      shown.delete(channel);
    }
  };
  for (let round = 0; round < ROUNDS && shown.size > 0 && !signal.aborted; round += 1) {
    const waiting = [...shown].values();
    const work = async () => {
      for (const channel of waiting) if (!signal.aborted) await show(channel);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await sleep(clock, PAUSE, signal).catch(() => undefined);
  }
}
