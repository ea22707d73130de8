import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** ms that {@link slowness} works on the machine for which bounds are meant: a small one of 2020. */
const CALIBRATION = 15;

/** ms of this thread's work: on a busy machine time passes in which it does nothing. */
export function work(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** How much longer this machine, as busy as it is now, works at anything than the one for which bounds are meant; or 1. */
export function slowness(): number {
  const text = JSON.stringify(
    Array.from({ length: 40_000 }, (_, index) => ({ index, name: `name ${index}`, on: true })),
  );
  return Math.max(1, leastOf(() => void JSON.parse(text)) / CALIBRATION);
}

/** ms of this thread's work at something, on the machine for which bounds are meant. It is done three times. */
export function leastWork(action: () => void): number {
  return leastOf(action) / slowness();
}

/** The heap may be cleared meanwhile, of what others have left. */
function leastOf(action: () => void): number {
  const costs = Array.from({ length: 3 }, () => {
    const before = work();
    action();
    return work() - before;
  });
  return Math.min(...costs);
}

/**
 * Watches what one turn of this thread's event loop costs, as work: until it is over, everything else waits.
 *
 * @returns ends the watch and tells the longest turn: ms of work on the machine for which bounds are meant
 */
export function watchTurns(): () => number {
  // Else what others have left might be cleared within one of the turns.
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
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
    return longest / slowness();
  };
}

/**
 * The longest turn of something, the least of three tries: its own work is the same each time, what else the machine does is
 * not. One try is enough where it stays below a bound.
 *
 * @param below ms of work on the machine for which bounds are meant
 */
export async function leastTurn(below: number, doing: () => Promise<void>, tries = 3): Promise<number> {
  const longest = watchTurns();
  await doing();
  const turn = longest();
  return turn < below || tries === 1 ? turn : Math.min(turn, await leastTurn(below, doing, tries - 1));
}
