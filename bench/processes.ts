import { readdir, readFile } from 'node:fs/promises';

const NANOSECONDS = 1e9;

/** CPU time of a process so far, all of its threads, s (Linux). Finer than the ticks of 10 ms in `stat`. */
export async function cpuSeconds(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(
    threads.map(async (thread) =>
      Number((await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')).split(' ')[0]),
    ),
  );
  return sum(times) / NANOSECONDS;
}

/** CPU time that processes use within that many seconds, s. */
export async function cpuOver(ms: number, pids: readonly number[]): Promise<number> {
  const used = async () => sum(await Promise.all(pids.map(cpuSeconds)));
  const before = await used();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return (await used()) - before;
}

/** Resident memory of a process, MB (Linux). */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** Process ids of the children of a process (Linux). */
export async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
