import type { Frame } from '../shared/index.js';
import { topicOf } from './message-names.js';

/** Whose frame it is. */
export interface FrameSource {
  readonly operation: string;
  readonly nvr: string;
  readonly channel: number;
  /** Its name, where it is known. */
  readonly camera?: string | undefined;
}

/** A frame as a message: live and played back alike. */
export function frameMessage(frame: Frame, { operation, nvr, channel, camera }: FrameSource): Record<string, unknown> {
  const { data, timestamp, ...about } = frame;
  const time = new Date(timestamp);
  return {
    topic: topicOf(nvr, camera ?? String(channel), 'frame'),
    payload: data,
    frame: { ...about, time },
    everfocus: { operation, nvr, channel, ...(camera && { camera }), time },
  };
}
