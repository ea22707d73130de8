import * as hap from '@homebridge/hap-nodejs';
import { CameraStreaming, type CameraStreamingOptions } from '../../../src/homebridge/camera-streaming.js';
import { AskingConnections } from '../../../src/homebridge/live/asking-connections.js';
import { VolumeControl } from '../../../src/homebridge/live/volume-control.js';
import { PicturePool } from '../../../src/homebridge/snapshot/picture-pool.js';
import { installedPackages } from '../../../src/shared/ffmpeg/candidates.js';
import { type Ffmpeg, findFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import { type Logger, Nvr, silentLogger, systemClock } from '../../../src/shared/index.js';
import { HapCamera } from '../../support/hap/hap-camera.js';
import { Simulator, type SimulatorOptions } from '../../../packages/simulator/src/index.js';

/** A simulator and the streaming of its first camera. */
export interface Camera extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly client: Nvr;
  readonly streaming: CameraStreaming;
}

export async function openCamera(
  simulated: SimulatorOptions = {},
  changes: Partial<Omit<CameraStreamingOptions, 'pictures'>> = {},
): Promise<Camera> {
  const simulator = await Simulator.start(simulated);
  const client = new Nvr({
    host: simulator.host,
    port: simulator.port,
    username: 'admin',
    password: 'admin123',
    feedLingerMs: 5000,
  });
  const ffmpeg = changes.ffmpeg ?? (await anyFfmpeg());
  const pictures = ffmpeg.path ? new PicturePool({ ffmpeg, clock: changes.clock ?? systemClock }) : undefined;
  const ways = { asking: new AskingConnections(hap), microphone: new VolumeControl(), speaker: new VolumeControl() };
  const streaming = new CameraStreaming({
    ways,
    client,
    channel: 1,
    hap,
    ffmpeg,
    pictures,
    logger: silentLogger,
    name: 'Camera 1',
    talk: true,
    ...changes,
  });
  new HapCamera(streaming, ways);
  return {
    simulator,
    client,
    streaming,
    async [Symbol.asyncDispose]() {
      await streaming.close();
      await pictures?.close();
      await client.close();
      await simulator.stop();
    },
  };
}

/** The ffmpeg that users of this machine would get. */
export async function anyFfmpeg(): Promise<Ffmpeg> {
  const [first] = await allFfmpegs();
  if (!first) throw new Error('no ffmpeg on this machine');
  return first;
}

let found: Promise<Ffmpeg[]> | undefined;

/** Every ffmpeg of this machine: pipelines must run on all generations. */
export function allFfmpegs(): Promise<Ffmpeg[]> {
  found ??= (async () => {
    const { installer } = await installedPackages();
    const logger = silentLogger;
    const all = [await findFfmpeg({ logger }), await findFfmpeg({ logger, ...(installer && { path: installer }) })];
    return all.filter(({ path }, index) => path && all.findIndex((other) => other.path === path) === index);
  })();
  return found;
}

/** A logger that keeps what it is told. */
export function recordingLogger(): Logger & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (message: string) => void lines.push(message);
  return { lines, debug: keep, info: keep, warn: keep, error: keep };
}
