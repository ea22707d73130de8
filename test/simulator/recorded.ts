/** s; the simulator's recordings lack ten minutes in every three hours, a minute earlier on each further channel. */
const GAP_EVERY = 3 * 3600;
const GAP_LENGTH = 600;

/**
 * A time that long ago, or somewhat longer, from which on a channel has five minutes without a gap at the simulator.
 *
 * @param ago s
 */
export function recordedTime(channel: number, ago = 1800): Date {
  let time = Math.floor(Date.now() / 1000) - ago;
  const phase = () => (time + channel * 60) % GAP_EVERY;
  while (phase() < GAP_LENGTH + 30 || phase() > GAP_EVERY - 300) time -= 60;
  return new Date(time * 1000);
}
