/** The clock of the page; see `src/shared/clock.ts`, which the runtime has. */
export const pageClock = {
  wall: () => Date.now(),
  after(ms: number, action: () => void): { cancel(): void } {
    const timeout = setTimeout(action, ms);
    return { cancel: () => clearTimeout(timeout) };
  },
};

export type PageTimer = ReturnType<typeof pageClock.after>;
