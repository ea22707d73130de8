import { type Backlog, Fifo, type QueuePolicy } from '../push/backlog.js';
import type { Frame } from '../codec/frame.js';
import { limits } from '../limits.js';
import { sizeOf } from './group-of-pictures.js';

/**
 * Frames that wait for a slow reader. What is left after a loss can be decoded: frames are lost up to a keyframe, and
 * pictures go on with the next one where none is waiting. `latest`: a new keyframe makes all that waits worthless.
 */
export function frameBacklog(queue: QueuePolicy): Backlog<Frame> {
  const limit = queue === 'latest' ? limits.feed.frames : queue;
  const frames = new Fifo<Frame>();
  let bytes = 0;
  /** Pictures that need a lost one are lost, too. */
  let broken = false;

  const take = (): Frame | undefined => {
    const frame = frames.take();
    bytes -= frame ? sizeOf(frame) : 0;
    return frame;
  };
  const drop = (): number => {
    const before = frames.length;
    if (take()?.kind === 'video') {
      while (frames.first && !isKeyframe(frames.first)) take();
      broken = frames.length === 0;
    }
    return before - frames.length;
  };
  const clear = (): void => {
    frames.clear();
    bytes = 0;
  };

  return {
    put(frame) {
      let lost = 0;
      if (isKeyframe(frame)) {
        broken = false;
        if (queue === 'latest') {
          lost += frames.length;
          clear();
        }
      } else if (broken && frame.kind === 'video') return 1;
      frames.put(frame);
      bytes += sizeOf(frame);
      while (frames.length > limit || bytes > limits.feed.bytes) lost += drop();
      return lost;
    },
    take,
    clear,
  };
}

function isKeyframe(frame: Frame): boolean {
  return frame.kind === 'video' && frame.keyframe;
}
