import type { SimulatorSettings } from '../options.js';
import { Cameras } from './cameras.js';
import { Events } from './events.js';
import { Pins } from './pins.js';
import { Sessions } from './sessions.js';
import { Snapshots } from './snapshots.js';

/** Everything that the simulated NVR knows and remembers; the API and the control server are views of it. */
export class Nvr {
  readonly mac: string;
  readonly cameras: Cameras;
  readonly events: Events;
  readonly pins: Pins;
  readonly sessions: Sessions;
  readonly snapshots: Snapshots;

  constructor({ cameras, mac, username, password, clock }: SimulatorSettings) {
    this.mac = mac;
    this.cameras = new Cameras(cameras, mac);
    this.events = new Events(cameras, clock);
    this.pins = new Pins(this.events);
    this.sessions = new Sessions(username, password);
    this.snapshots = new Snapshots(clock);
  }

  /** What a restart forgets; disk and pins stay. */
  forget(): void {
    this.events.forget();
    this.sessions.forget();
  }
}
