/** ms of this thread's work: on a busy machine time passes in which it does nothing. */
export function work(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/**
 * Watches what one turn of this thread's event loop costs, as work: until it is over, everything else waits.
 *
 * @returns ends the watch and tells the longest turn, ms of work
 */
export function watchTurns(): () => number {
  let last = work();
  let longest = 0;
  const note = () => {
    const now = work();
    longest = Math.max(longest, now - last);
    last = now;
  };
  // Due at the beginning of nearly every turn.
  const timer = setInterval(note, 5);
  return () => {
    note();
    clearInterval(timer);
    return longest;
  };
}
