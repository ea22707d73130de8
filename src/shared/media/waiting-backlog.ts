import { type Backlog, Fifo } from '../push/backlog.js';
import type { Frame } from '../codec/frame.js';
import { limits } from '../limits.js';
import { sizeOf } from './group-of-pictures.js';

/** Frames that wait before the source is stopped, or `limits.feed.bytes`; at half of both it goes on. */
const FULL = 256;

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
      bytes += sizeOf(frame);
      if (frames.length >= FULL || bytes >= limits.feed.bytes) set(true);
      return 0;
    },
    take() {
      const frame = frames.take();
      bytes -= frame ? sizeOf(frame) : 0;
      if (frames.length <= FULL / 2 && bytes <= limits.feed.bytes / 2) set(false);
      return frame;
    },
    clear() {
      frames.clear();
      bytes = 0;
      set(false);
    },
  };
}
