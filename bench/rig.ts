import { type Ffmpeg, findFfmpeg } from '../src/shared/ffmpeg/index.js';
import { Nvr, silentLogger } from '../src/shared/index.js';
import { Simulator, type SimulatorOptions } from '../packages/simulator/src/index.js';
import { HapHome, type HomeAccessory } from '../test/support/hap/hap-home.js';
import { HomebridgeProcess } from '../test/support/hap/homebridge-process.js';
import { packedPackage } from '../test/support/packed-package.js';

/** Everything that is measured, on real parts: the packed plugin in a Homebridge process, paired by a HAP controller. */
export interface Rig {
  readonly nvr: Simulator;
  readonly home: HapHome;
  readonly homebridge: HomebridgeProcess;
  /** By channel, from 1. */
  camera(channel: number): HomeAccessory;
  /** A client of our own, for the floors. */
  readonly client: Nvr;
  /** One that has nothing open yet. */
  newClient(): Nvr;
  readonly ffmpeg: Ffmpeg;
  close(): Promise<void>;
}

export const CAMERAS = 8;

/**
 * The folder in whose `node_modules` the plugin is that is measured: as of now, packed and installed; or another version
 * of it, to compare with, where `EVERFOCUS_BENCH_PLUGIN` says so.
 */
export function plugin(): Promise<string> {
  return Promise.resolve(process.env.EVERFOCUS_BENCH_PLUGIN ?? packedPackage());
}

export async function makeRig(options: SimulatorOptions = {}): Promise<Rig> {
  const ffmpeg = await findFfmpeg({ logger: silentLogger });
  const nvr = await Simulator.start({ cameras: CAMERAS, ...options });
  const access = { host: nvr.host, port: nvr.port, username: 'admin', password: 'admin123' };
  const plugins = await plugin();
  const loudspeakers = [{ channel: 1, talk: 'on' }];
  const homebridge = await HomebridgeProcess.start({
    plugins,
    platform: { nvrs: [{ name: 'NVR', ...access, cameras: loudspeakers }] },
  });
  await homebridge.line(/connected, .*8 cameras/);
  const home = await HapHome.pair(homebridge);
  const accessories = await home.accessories();
  const cameras = accessories.filter(({ services }) => services.some(({ name }) => name === 'MotionSensor'));
  const client = new Nvr(access);
  return {
    nvr,
    home,
    homebridge,
    client,
    newClient: () => new Nvr(access),
    ffmpeg,
    camera: (channel) => {
      const camera = cameras[channel - 1];
      if (!camera) throw new Error(`Homebridge shows no camera ${channel}`);
      return camera;
    },
    close: async () => {
      await home.close();
      await client.close();
      await homebridge.dispose();
      await nvr.stop();
    },
  };
}
