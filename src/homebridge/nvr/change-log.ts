import type { Clock, Logger } from '../../shared/index.js';
import { type LimitCounters, limits } from '../../shared/internal.js';
import { BoundedLines } from '../bounded-lines.js';
import type { Presence } from '../accessories/camera-accessory.js';
import type { CameraContext } from '../accessories/context.js';
import type { ListedCamera } from './inventory.js';

/** ms */
const HOUR = 3_600_000;

/** Tells the user what has become of cameras since the list before. An NVR whose list never rests fills no log with it. */
export class ChangeLog {
  readonly #logger: Logger;
  readonly #lines: BoundedLines;

  /** @param logger says which NVR it is about */
  constructor(logger: Logger, clock: Clock, counters: LimitCounters) {
    this.#logger = logger;
    const [about, otherwise] = ['the list of cameras', 'what changes in it is told no more this hour'];
    const bounds = { limit: 'log.changes', most: limits.log.changes, period: HOUR } as const;
    this.#lines = new BoundedLines({ clock, counters, about, otherwise, ...bounds });
  }

  /** @param before what was kept of the camera, and where it was */
  tell({ channel, mac, name }: CameraContext, presence: Presence, camera: ListedCamera): void {
    const now = `camera ${camera.channel} (${camera.name})`;
    if (presence === 'missing' || presence === 'displaced') this.#line(`${now} is listed by the NVR again`);
    if (camera.channel !== channel) this.#line(`${now} was camera ${channel} before: its accessory goes with it`);
    if (mac !== undefined && camera.mac !== undefined && mac !== camera.mac) {
      this.#line(`${now} is another camera than before (${name}): it takes over room and automations`);
    }
    if (presence === 'disabled' || camera.enabled) return;
    this.#line(`${now} is switched off at the NVR. It stays in Home, marked as faulty.`);
  }

  #line(text: string): void {
    this.#lines.write(() => this.#logger.info(text));
  }
}
