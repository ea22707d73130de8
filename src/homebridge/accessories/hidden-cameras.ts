import { isGone } from './absence.js';
import type { CameraContext, HiddenCamera } from './context.js';

/** What the cameras of an NVR were that the user has hidden. */
export class HiddenCameras {
  #cameras: readonly HiddenCamera[];

  /** @param cameras as they were kept */
  constructor(cameras: readonly HiddenCamera[] = []) {
    this.#cameras = cameras;
  }

  get all(): readonly HiddenCamera[] {
    return this.#cameras;
  }

  has(uuid: string): boolean {
    return this.#cameras.some((camera) => camera.uuid === uuid);
  }

  keep(camera: HiddenCamera): void {
    this.forget(camera.uuid);
    this.#cameras = [...this.#cameras, camera];
  }

  forget(uuid: string): void {
    this.#cameras = this.#cameras.filter((camera) => camera.uuid !== uuid);
  }

  /** The NVR lists it no more. @param missingFor ms  @param kept of that, as it is written to disk */
  miss({ uuid, context }: HiddenCamera, missingFor: number, kept: number): void {
    if (isGone(missingFor)) this.forget(uuid);
    else this.keep({ uuid, context: { ...context, missingFor: kept } });
  }
}

/**
 * Whether a camera may leave Home because its channel is hidden. Not one that was moved there at the NVR: nobody has said
 * that Home should forget that one's room and automations.
 *
 * @param former of its accessory before the NVR gave this list
 */
export function mayLeave(former: CameraContext, channel: number): boolean {
  return former.channel === channel && former.exempt !== channel;
}
