import type { Clock } from '../../../../src/shared/clock.js';
import type { SimulatorSettings } from '../options.js';
import { CameraNetwork, type CameraSettings } from './camera-network.js';
import { Encoders } from './encoders.js';
import { INITIAL_IMAGING } from './imaging.js';
import { INITIAL_MOTION } from './motion-detection.js';
import { Ptz } from './ptz.js';
import { StreamSettings } from './stream-settings.js';

/** One camera, with what is set in it; all of that moves with it, and ends with it. */
export class Camera {
  /** Where it is now. */
  channel = 0;
  readonly settings: CameraSettings;
  readonly ptz: Ptz;
  readonly network: CameraNetwork;
  readonly encoders: Encoders;
  readonly imaging = new StreamSettings(INITIAL_IMAGING);
  readonly motionDetection = new StreamSettings(INITIAL_MOTION);

  constructor(
    settings: CameraSettings,
    { codec, subCodec }: Pick<SimulatorSettings, 'codec' | 'subCodec'>,
    clock: Clock,
  ) {
    this.settings = settings;
    this.ptz = new Ptz(clock);
    this.network = new CameraNetwork(settings);
    this.encoders = new Encoders(codec, subCodec);
  }
}
