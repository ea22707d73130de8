import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Simulator } from '../packages/simulator/src/index.js';
import { Onlooker } from '../test/mqtt/rig.js';
import { TestBroker } from '../test/mqtt/test-broker.js';
import { until } from '../test/support/until.js';
import { cpuOver, residentMegabytes } from './processes.js';

const PROCESS = fileURLToPath(new URL('bridge-process.ts', import.meta.url));
/** Cameras of each recorder. */
const CAMERAS = 4;
/** s that a steady state is looked at. */
const WINDOW = 10;
/** Events a second in all, while their way is measured. */
const RATE = 200;
/** Rates that are tried one after the other, events a second in all, for {@link TRIED} s each. */
const RATES = [400, 800, 1600, 3200, 6400, 12_800];
const TRIED = 5;
/** ms within which each event comes where a rate is kept up with. */
const BEHIND = 1000;
/** s that the broker is away, and events that happen meanwhile. */
const OUTAGE = 60;
const BACKLOG = 10_000;

/**
 * The bridge in a process of its own, before a broker, with so many simulated recorders whose hooks are open. Prints a row of
 * docs/scale.md for each number. Recorders and onlooker share this process, and all share the machine.
 */
export async function bridge(recorders: readonly number[]): Promise<void> {
  const heads = [
    ...['Recorders', 'all known after', 'CPU idle', 'memory', `way at ${RATE} events/s (median, p95, p99)`],
    ...['CPU then', `${BACKLOG} events of a minute without broker`, 'of which on the way', 'events/s then'],
    ...['kept up with, events/s', 'CPU then', 'killed: all known after', 'load'],
  ];
  print([heads, heads.map(() => '---')]);
  for (const count of recorders) print([await measure(count)]);
}

async function measure(count: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'everfocus-bench-'));
  const nvrs = await Promise.all(
    Array.from({ length: count }, (_, index) => Simulator.start({ cameras: CAMERAS, mac: macOf(index + 1) })),
  );
  const broker = await TestBroker.start();
  let onlooker = await Onlooker.at(broker.port);
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(configFor(nvrs, broker.port)), { mode: 0o600 });
  let child = start(file);
  try {
    const known = await allKnown(onlooker, count);
    // Health is asked for at the start; the first minute is not what a day looks like.
    await wait(5000);
    const idle = await cpuShare(child);
    const memory = await residentMegabytes(child.pid ?? 0);
    const [ways, busy] = await Promise.all([way(nvrs, onlooker), cpuShare(child)]);
    await broker.kill();
    await onlooker[Symbol.asyncDispose]();
    await atRate(BACKLOG / OUTAGE, OUTAGE, (number) => throwAt(nvrs, number));
    await broker.start();
    const restarted = performance.now();
    onlooker = await Onlooker.at(broker.port);
    const caughtUp = await backlog(onlooker);
    // The last of these is more than it can take, and leaves some behind.
    const most = await highestRate(nvrs, onlooker, child);
    child.kill('SIGKILL');
    await once(child, 'exit');
    onlooker.seen.length = 0;
    child = start(file);
    const again = await allKnown(onlooker, count);
    return [
      ...[String(count), seconds(known), percent(idle), `${Math.round(memory)} MB`],
      `${[0.5, 0.95, 0.99].map((part) => quantile(ways, part).toFixed(1)).join(', ')} ms`,
      ...[percent(busy), seconds(caughtUp.last - restarted), seconds(caughtUp.last - caughtUp.first)],
      String(Math.round((BACKLOG * 1000) / (caughtUp.last - caughtUp.first))),
      ...[most.rate, percent(most.cpu), seconds(again), (loadavg()[0] ?? 0).toFixed(1)],
    ];
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    await onlooker[Symbol.asyncDispose]();
    await broker[Symbol.asyncDispose]();
    await Promise.all(nvrs.map((nvr) => nvr.stop()));
    rmSync(folder, { recursive: true });
  }
}

function start(file: string): ChildProcess {
  return spawn(process.execPath, [...process.execArgv, PROCESS, file], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function configFor(nvrs: readonly Simulator[], port: number): object {
  return {
    site: 'home',
    broker: { url: `mqtt://127.0.0.1:${port}` },
    nvrs: nvrs.map((nvr) => ({
      ...{ host: nvr.host, port: nvr.port, https: false, username: 'admin', password: 'admin123' },
    })),
    queue: { events: 2 * BACKLOG },
  };
}

/** ms until the first camera of each recorder is known to be on line. */
async function allKnown(onlooker: Onlooker, count: number): Promise<number> {
  const began = performance.now();
  const known = new Set<string>();
  let at = 0;
  await until(
    'every recorder to be known',
    () => {
      for (; at < onlooker.seen.length; at += 1) {
        const { topic = '', text } = onlooker.seen[at] ?? {};
        if (topic.endsWith('/ch/1/status') && text === 'online') known.add(topic);
      }
      return known.size === count;
    },
    300_000,
  );
  return performance.now() - began;
}

/** The highest of {@link RATES} that is kept up with, what ended the trial, and the bridge's CPU at that rate. */
async function highestRate(
  nvrs: readonly Simulator[],
  onlooker: Onlooker,
  child: ChildProcess,
): Promise<{ readonly rate: string; readonly cpu: number }> {
  let best = { rate: `less than ${RATES[0]}`, cpu: NaN };
  for (const rate of RATES) {
    const before = performance.now();
    let thrown = 0;
    const [ways, cpu] = await Promise.all([
      way(nvrs, onlooker, { rate, duration: TRIED, thrown: () => (thrown = performance.now()) }).catch(() => [
        Infinity,
      ]),
      cpuOver(TRIED * 1000, [child.pid ?? 0]),
    ]);
    if (thrown - before > 1100 * TRIED) return { ...best, rate: `${best.rate} (the recorders were not faster)` };
    if (ways.some((ms) => ms > BEHIND)) return best;
    best = { rate: String(rate), cpu: cpu / TRIED };
  }
  return best;
}

/** ms from the recorder to the onlooker, of each event. @param thrown is called when the last one has been sent */
async function way(
  nvrs: readonly Simulator[],
  onlooker: Onlooker,
  {
    rate = RATE,
    duration = WINDOW,
    thrown: done = () => undefined,
  }: { readonly rate?: number; readonly duration?: number; readonly thrown?: () => unknown } = {},
): Promise<number[]> {
  const thrown = new Map<string, number[]>();
  const ways: number[] = [];
  onlooker.seen.length = 0;
  const hear = (topic: string) => {
    if (!topic.endsWith('/event')) return;
    const began = thrown.get(topic)?.shift();
    if (began !== undefined) ways.push(performance.now() - began);
  };
  onlooker.client.on('message', hear);
  await atRate(rate, duration, (number) => {
    const { index, channel } = placeOf(nvrs, number);
    const topic = `everfocus/home/${idOf(index + 1)}/ch/${channel}/event`;
    const waiting = thrown.get(topic) ?? [];
    thrown.set(topic, waiting);
    waiting.push(performance.now());
    throwAt(nvrs, number);
  });
  done();
  await until('the last event', () => ways.length === rate * duration, 60_000);
  onlooker.client.off('message', hear);
  return ways.sort((a, b) => a - b);
}

/** Does something so often a second, for so many seconds. */
async function atRate(rate: number, duration: number, work: (number: number) => void): Promise<void> {
  const began = performance.now();
  for (let number = 0; number < rate * duration; number += 1) {
    const ahead = (number * 1000) / rate - (performance.now() - began);
    if (ahead > 1) await wait(ahead);
    work(number);
  }
}

/** When the first and the last of the events came that waited for the broker. */
async function backlog(onlooker: Onlooker): Promise<{ readonly first: number; readonly last: number }> {
  let [count, first, last] = [0, 0, 0];
  const hear = (topic: string) => {
    if (!topic.endsWith('/event')) return;
    count += 1;
    last = performance.now();
    if (count === 1) first = last;
  };
  onlooker.client.on('message', hear);
  await until('the backlog', () => count >= BACKLOG, 120_000);
  onlooker.client.off('message', hear);
  return { first, last };
}

/** Events go round: one recorder after the other, one camera after the other. */
function placeOf(nvrs: readonly Simulator[], number: number): { readonly index: number; readonly channel: number } {
  return { index: number % nvrs.length, channel: 1 + (Math.floor(number / nvrs.length) % CAMERAS) };
}

function throwAt(nvrs: readonly Simulator[], number: number): void {
  const { index, channel } = placeOf(nvrs, number);
  const state = Math.floor(number / (nvrs.length * CAMERAS)) % 2 === 0 ? 'active' : 'inactive';
  nvrs[index]?.throwEvent({ channel, type: 'Motion', state });
}

/** Of one core, within {@link WINDOW}. */
async function cpuShare(child: ChildProcess): Promise<number> {
  return (await cpuOver(WINDOW * 1000, [child.pid ?? 0])) / WINDOW;
}

function macOf(number: number): string {
  const digits = number.toString(16).padStart(4, '0');
  return `00:11:14:01:${digits.slice(0, 2)}:${digits.slice(2)}`;
}

function idOf(number: number): string {
  return `SIM${macOf(number).replaceAll(':', '').toUpperCase()}`;
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function print(rows: readonly (readonly string[])[]): void {
  process.stdout.write(`${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`);
}
