import type { Clock, Logger } from '../../shared/index.js';
import { cleanText, type LimitCounters, limits } from '../../shared/internal.js';
import { BoundedLines } from '../bounded-lines.js';
import type { Presence } from '../accessories/camera-accessory.js';
import type { CameraContext } from '../accessories/context.js';
import { MAX_BRIDGED } from '../settings.js';
import type { ListedCamera } from './inventory.js';

/** ms */
const HOUR = 3_600_000;

/** Tells the user what has become of cameras since the list before. An NVR whose list never rests fills no log with it. */
export class ChangeLog {
  readonly #logger: Logger;
  readonly #lines: BoundedLines;
  /** Why cameras could not be made, by channel. */
  readonly #failures = new Map<number, string>();
  /** Cameras for which the bridge has no room. */
  #left = 0;

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

  /** Its accessory cannot be made. It is tried again with each list, and told again where the reason is another. */
  failed({ channel, name }: ListedCamera, error: unknown): void {
    const { code = 'ERROR', message = String(error) } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
    const reason = `${code}: ${cleanText(message, limits.text.line)}`;
    if (this.#failures.get(channel) === reason) return;
    this.#failures.set(channel, reason);
    this.#lines.write(() => this.#logger.error(`camera ${channel} (${name}) cannot be shown in Home: ${reason}`));
  }

  /** Its accessory has been made: whatever hinders it next is news. */
  made({ channel }: ListedCamera): void {
    this.#failures.delete(channel);
  }

  /** @param count of the cameras for which the bridge has no room */
  left(count: number): void {
    if (count === this.#left) return;
    this.#left = count;
    if (count === 0) return;
    this.#logger.error(
      `${count} cameras are not in Home: a bridge of HomeKit has ${MAX_BRIDGED} accessories at most. Run this plugin as ` +
        'a child bridge, or show fewer cameras to its user at the NVR.',
    );
  }

  #line(text: string): void {
    this.#lines.write(() => this.#logger.info(text));
  }
}
