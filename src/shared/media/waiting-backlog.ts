import { type Backlog, Fifo } from '../push/backlog.js';
import type { Frame } from '../codec/frame.js';

/** Frames, and their bytes, that wait before the source is stopped; at half of both it goes on. */
const FULL = 256;
const FULL_BYTES = 16 * 1024 * 1024;

/**
 * Frames that wait for a slow reader while the source waits, too: nothing is lost.
 *
 * @param hold called with `true` when the source must stop, with `false` when it may go on
 */
export function waitingBacklog(hold: (held: boolean) => void): Backlog<Frame> {
  const frames = new Fifo<Frame>();
  let bytes = 0;
  let held = false;
  const set = (wanted: boolean) => {
    if (wanted === held) return;
    held = wanted;
    hold(held);
  };
  return {
    put(frame) {
      frames.put(frame);
      bytes += frame.data.length;
      if (frames.length >= FULL || bytes >= FULL_BYTES) set(true);
      return 0;
    },
    take() {
      const frame = frames.take();
      bytes -= frame?.data.length ?? 0;
      if (frames.length <= FULL / 2 && bytes <= FULL_BYTES / 2) set(false);
      return frame;
    },
    clear() {
      frames.clear();
      bytes = 0;
      set(false);
    },
  };
}
