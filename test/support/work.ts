/** ms of this thread's work: on a busy machine time passes in which it does nothing. */
export function work(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
