import type { Clock, Timer } from '../../../src/shared/clock.js';
import type { Nvr } from './nvr/nvr.js';

/** Motion on one camera after the other: `seconds` each, half of it moving. Returns what ends it. */
export function playScene(nvr: Nvr, seconds: number, clock: Clock): () => void {
  let step = 0;
  let timer: Timer;
  const next = () => {
    const { all } = nvr.cameras;
    const camera = all[step % all.length];
    if (camera) nvr.events.throwFor(seconds / 2, camera.channel, 'Motion');
    step += 1;
    timer = clock.after(seconds * 1000, next);
  };
  next();
  return () => timer.cancel();
}
