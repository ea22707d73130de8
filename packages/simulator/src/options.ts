import { type Clock, systemClock } from '../../../src/shared/clock.js';
import { InvalidParameterError } from '../../../src/shared/errors.js';
import type { VideoCodec } from '../../../src/shared/codec/frame.js';
import { NvrClock } from './nvr-clock.js';

export interface SimulatorOptions {
  /** Address to listen on. Default: `127.0.0.1`. */
  readonly host?: string;
  /** TCP port of the NVR's HTTP and WebSockets; 0: any free one. Default: 0. */
  readonly port?: number;
  /** TCP port of the NVR's HTTPS and secure WebSockets; 0: any free one. Default: none, as `getPort` then tells. */
  readonly httpsPort?: number;
  /** TCP port of the control server, always on 127.0.0.1; 0: any free one. Default: no control server. */
  readonly controlPort?: number;
  /** TCP port of RTSP; 0: any free one. Default: no RTSP, as `getPort` then tells. */
  readonly rtspPort?: number;
  /** UDP port on which those who search are answered; 31501 at a real NVR, 0: any free one. Default: no answer. */
  readonly discoveryPort?: number;
  /** Number of cameras, 1–8. Default: 4. */
  readonly cameras?: number;
  /** Default: `h264`. */
  readonly codec?: VideoCodec;
  /** Of the sub streams. Default: that of the main streams. */
  readonly subCodec?: VideoCodec;
  /** Default: `admin`. */
  readonly username?: string;
  /** Default: `admin123`. */
  readonly password?: string;
  /** MAC address of the NVR. Default: `00:11:14:00:00:01`. */
  readonly mac?: string;
  /** Motion on one camera after the other, each this many seconds, 2–3600. Default: `false`, none. */
  readonly scene?: number | false;
  /** Folder of other video loops than the simulator's own, of the same names and made alike (`<channel>-main.h264`…). */
  readonly loops?: URL;
  readonly clock?: Clock;
  /** Is told what the control server did, a line each. */
  readonly tell?: (line: string) => void;
}

/** Ports that are not served unless they are asked for. */
type OptionalPorts = Pick<SimulatorOptions, 'httpsPort' | 'controlPort' | 'discoveryPort' | 'rtspPort'>;

export type SimulatorSettings = Required<Omit<SimulatorOptions, keyof OptionalPorts | 'clock'>> &
  OptionalPorts & { readonly clock: NvrClock };

/** Loops and stills, made by scripts/make-simulator-media.mjs. Beside the folder of this file, also once it is bundled. */
export const MEDIA = new URL('../media/', import.meta.url);

export const MAX_CAMERAS = 8;

/** Fills in what was left out. @throws {@link InvalidParameterError} */
export function settingsOf(options: SimulatorOptions): SimulatorSettings {
  const settings: SimulatorSettings = {
    host: '127.0.0.1',
    port: 0,
    cameras: 4,
    codec: 'h264',
    subCodec: options.codec ?? 'h264',
    username: 'admin',
    password: 'admin123',
    mac: '00:11:14:00:00:01',
    scene: false,
    loops: MEDIA,
    tell: () => undefined,
    ...options,
    clock: new NvrClock(options.clock ?? systemClock),
  };
  checkInteger('port', settings.port, 0, 65535);
  for (const name of ['httpsPort', 'controlPort', 'discoveryPort', 'rtspPort'] as const) {
    const port = settings[name];
    if (port !== undefined) checkInteger(name, port, 0, 65535);
  }
  checkInteger('cameras', settings.cameras, 1, MAX_CAMERAS);
  if (settings.scene !== false) checkInteger('scene', settings.scene, 2, 3600);
  codecOf(settings.codec);
  codecOf(settings.subCodec, 'subCodec');
  if (!settings.username) throw new InvalidParameterError('username', 'must not be empty');
  if (!settings.password) throw new InvalidParameterError('password', 'must not be empty');
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(settings.mac)) {
    throw new InvalidParameterError('mac', 'must look like 00:11:14:00:00:01');
  }
  return settings;
}

/** The codec of that name. @throws {@link InvalidParameterError} */
export function codecOf(name: string, parameter = 'codec'): VideoCodec {
  if (name === 'h264' || name === 'h265') return name;
  throw new InvalidParameterError(parameter, `must be h264 or h265, not "${name}"`);
}

function checkInteger(name: string, value: number, minimum: number, maximum: number): void {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return;
  throw new InvalidParameterError(name, `must be a whole number from ${minimum} to ${maximum}`);
}
