import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Child, Children, type ChildPurpose } from '../../../src/shared/ffmpeg/index.js';
import { StartLimiter } from '../../../src/shared/ffmpeg/start-limiter.js';
import { ManualClock, systemClock, TooManyStartsError } from '../../../src/shared/index.js';
import { LimitCounters } from '../../../src/shared/limit-counters.js';
import { limits } from '../../../src/shared/limits.js';
import { recordingLogger } from '../../homebridge/live/camera.js';
import { until, within } from '../../support/until.js';

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'children-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Started {
  readonly child: Child;
  /** Exists once the program runs. */
  readonly marker: string;
}

/** A node program of ours that does what no ffmpeg should. `up(text)` tells that it runs. */
function script(code: string, children = new Children(), purpose: ChildPurpose = 'picture'): Started {
  const marker = join(folder, `${(files += 1)}`);
  const up = 'const fs = require("fs"); const up = (text = "") => fs.writeFileSync(process.argv[1], text);';
  return { marker, child: children.start(purpose, process.execPath, ['-e', up + code, marker]) };
}

const STAY = 'setInterval(() => {}, 1000);';
const IGNORE = 'for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => {});';
const flood = (pipe: 1 | 2) =>
  `const junk = Buffer.alloc(65536, 120); up(); for (;;) try { fs.writeSync(${pipe}, junk); } catch {}`;
/** Another program that holds the pipes of the first. */
const another = (options: string) =>
  `up(String(require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], ${options}).pid));`;

/** Whether any process is left of the child's group. */
function groupLives({ pid }: Child): boolean {
  return pid !== undefined && lives(-pid);
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a child process', () => {
  it('says how it ended and why, on one line', async () => {
    const exit = await script('console.error("out of\\npaper\\u202e"); process.exit(3)').child.exited;
    expect(exit).toEqual({ code: 3, complaint: 'out of paper' });
  });

  it('that does not exist ends with the reason', async () => {
    const child = new Children().start('picture', '/nowhere/ffmpeg', []);
    expect(await child.exited).toMatchObject({ code: null, complaint: expect.stringContaining('ENOENT') });
    expect(child.write(Buffer.from('x'))).toBe(false);
    child.end(Buffer.from('x'));
    await child.stop();
  });

  it('that cannot be given its arguments ends with the reason', async () => {
    const child = new Children().start('picture', process.execPath, ['a\0b']);
    expect((await child.exited).complaint).toMatch(/null bytes/);
    expect(child.pid).toBeUndefined();
    await child.stop();
  });

  it('that does not read is not fed without bound', async () => {
    const { child } = script(STAY);
    const chunk = Buffer.alloc(1024 * 1024);
    const taken = Array.from({ length: 20 }, () => child.write(chunk));
    expect(taken[0]).toBe(true);
    expect(taken.at(-1)).toBe(false);
    await child.stop();
    expect(child.write(chunk)).toBe(false);
  });

  it.each([
    ['ignores every signal', `${IGNORE} up(); ${STAY}`],
    ['hangs in a loop', `${IGNORE} up(); for (;;);`],
    ['closes its pipes', `${IGNORE} for (const pipe of [0, 1, 2]) fs.closeSync(pipe); up(); ${STAY}`],
    ['floods its output', `${IGNORE} ${flood(1)}`],
    ['floods its complaints', `${IGNORE} ${flood(2)}`],
    ['has started another one', `${IGNORE} ${another('{ stdio: "inherit" }')} ${STAY}`],
    ['has started another one and is gone', `${another('{ stdio: "inherit" }')} process.exit(0)`],
    ['vanishes', 'up(); process.kill(process.pid, "SIGKILL")'],
    ['crashes', 'up(); process.abort()'],
  ])('that %s ends at once when it is stopped, and leaves nothing', async (_, code) => {
    const children = new Children();
    const { child, marker } = script(code, children);
    child.write(Buffer.alloc(1024 * 1024));
    await until('it runs', () => existsSync(marker));
    const begin = performance.now();
    await within(5000, 'stop', child.stop());
    expect(performance.now() - begin).toBeLessThan(2000);
    await until('nothing is left of it', () => !groupLives(child));
    expect(children.running).toBe(0);
    await child.stop();
  });

  it('is not waited for where what it started has run away with its pipes', async () => {
    const { child, marker } = script(`${another('{ stdio: "inherit", detached: true }')} ${STAY}`);
    const runaway = Number(await until('both run', () => (existsSync(marker) ? readFile(marker, 'utf8') : '')));
    const begin = performance.now();
    await within(5000, 'stop', child.stop());
    expect(performance.now() - begin).toBeLessThan(2000);
    expect(lives(runaway)).toBe(true);
    process.kill(runaway, 'SIGKILL');
  });

  it('that ended has said why, also where what it started goes on to hold its stderr', async () => {
    const clock = new ManualClock();
    const last = `fs.writeSync(2, "out of paper"); ${another('{ stdio: "inherit", detached: true }')}`;
    const { child, marker } = script(`${last} process.exit(3)`, new Children({ clock }));
    const runaway = Number(await until('both run', () => (existsSync(marker) ? readFile(marker, 'utf8') : '')));
    await until('it is gone', () => !lives(child.pid ?? 0));
    const stopped = child.stop();
    clock.advance(250);
    await within(5000, 'stop', stopped);
    expect(await child.exited).toEqual({ code: 3, complaint: 'out of paper' });
    expect(lives(runaway)).toBe(true);
    process.kill(runaway, 'SIGKILL');
  });

  it('that ended by itself when it was stopped is heard to its last words', async () => {
    const { child, marker } = script('fs.writeSync(2, "out of paper"); up(); process.exit(3)');
    // Nothing of it is read meanwhile.
    for (const end = performance.now() + 10_000; !existsSync(marker) && performance.now() < end;);
    expect(existsSync(marker)).toBe(true);
    await within(5000, 'stop', child.stop());
    expect((await child.exited).complaint).toBe('out of paper');
  });

  it('takes along what it has started when it ends by itself', async () => {
    const { child, marker } = script(`${another('{ stdio: "inherit" }')} process.exit(0)`);
    child.read(() => undefined);
    expect(await within(5000, 'its end', child.exited)).toMatchObject({ code: 0 });
    const pid = Number(await readFile(marker, 'utf8'));
    await until('the other one is gone', () => !lives(pid));
  });

  it('is gone when the host exits, whatever it is doing', async () => {
    const children = new Children();
    const { child, marker } = script(`${IGNORE} up(); ${STAY}`, children);
    await until('it runs', () => existsSync(marker));
    const [onExit] = process.listeners('exit').slice(-1);
    onExit?.call(process, 0);
    await within(5000, 'its end', child.exited);
    expect(process.listeners('exit')).not.toContain(onExit);
  });
});

describe('what a child writes', () => {
  it.each([
    ['stdout', flood(1), 'pictureChild.output'],
    ['stderr', flood(2), 'child.stderr'],
  ])('to %s is bounded: a flood ends it, is counted, and logged once', async (pipe, code, limit) => {
    const logger = recordingLogger();
    const children = new Children({ logger });
    let bytes = 0;
    for (let round = 0; round < 2; round += 1) {
      const { child } = script(code, children);
      child.read((chunk) => (bytes += chunk.length));
      const { complaint } = await within(30_000, 'its end', child.exited);
      expect(complaint).toBe(`it wrote more to ${pipe} than it may`);
      await until('nothing is left of it', () => !groupLives(child));
    }
    expect(bytes).toBeLessThanOrEqual(2 * limits.pictureChild.output);
    expect(children.limitHits).toMatchObject([{ limit, count: 2 }]);
    expect(logger.lines.length).toBe(1);
  });

  it('waits where nobody takes it', async () => {
    const { child, marker } = script(flood(1));
    await until('it runs', () => existsSync(marker));
    const { stdout } = child;
    // Node reads ahead as much as its mark says, no more.
    await until('it is full', () => (stdout?.readableLength ?? 0) >= (stdout?.readableHighWaterMark ?? Infinity));
    expect(stdout?.readableLength).toBeLessThan(1024 * 1024);
    await child.stop();
  });

  it('and what cannot be understood ends it', async () => {
    const { child } = script(`console.log("x"); ${STAY}`);
    child.read((bytes) => bytes.readUInt32BE(100));
    expect((await within(5000, 'its end', child.exited)).complaint).toMatch(/it wrote nonsense/);
  });

  it('is collected, up to its end or to the end of its time', async () => {
    const children = new Children();
    const { output, exit } = await children.output(script('console.log("done")', children).child, 10_000);
    expect({ text: output.toString(), code: exit.code }).toEqual({ text: 'done\n', code: 0 });
    const clock = new ManualClock();
    const slow = new Children({ clock });
    const pending = slow.output(script(STAY, slow).child, 10_000);
    clock.advance(10_000);
    expect((await pending).exit).toEqual({ code: null, complaint: 'it was not done within 10 s' });
  });
});

describe('starts', () => {
  const limiter = () => {
    const clock = new ManualClock(5);
    const logger = recordingLogger();
    const counters = new LimitCounters(logger);
    const starts = new StartLimiter(clock, counters);
    const admitted = (purpose: ChildPurpose, owner: string, tries: number) => {
      let count = 0;
      for (let index = 0; index < tries; index += 1) {
        try {
          starts.admit(purpose, { name: owner });
          count += 1;
        } catch (error) {
          expect(error).toBeInstanceOf(TooManyStartsError);
        }
      }
      return count;
    };
    return { clock, logger, counters, admitted };
  };

  it('of one owner are so many at once, and as many a minute from then on', () => {
    const { clock, admitted } = limiter();
    const { startsOfOne } = limits.soundChild;
    expect(admitted('sound', 'a', 1000)).toBe(startsOfOne);
    clock.advance(30_000);
    expect(admitted('sound', 'a', 1000)).toBe(startsOfOne / 2);
    clock.advance(60_000 / startsOfOne - 1);
    expect(admitted('sound', 'a', 1000)).toBe(0);
    clock.advance(10 * 60_000);
    expect(admitted('sound', 'a', 1000)).toBe(startsOfOne);
  });

  it('of one owner leave the others theirs, and one purpose the others', () => {
    const { admitted } = limiter();
    admitted('sound', 'a', 1000);
    expect(admitted('sound', 'b', 5)).toBe(5);
    expect(admitted('video', 'a', 5)).toBe(5);
  });

  it('of one purpose are limited together, and so are all', () => {
    const { admitted } = limiter();
    const owners = Array.from({ length: 100 }, (_, index) => `camera ${index}`);
    const all = (purpose: ChildPurpose) => owners.reduce((sum, owner) => sum + admitted(purpose, owner, 100), 0);
    expect(all('video')).toBe(limits.videoChild.starts);
    expect(all('picture')).toBe(limits.pictureChild.starts);
    expect(all('sound')).toBe(limits.child.starts - limits.videoChild.starts - limits.pictureChild.starts);
  });

  it('that are refused are counted and logged once', () => {
    const { admitted, counters, logger } = limiter();
    const { startsOfOne } = limits.soundChild;
    admitted('sound', 'Door\n', startsOfOne + 50);
    expect(counters.hits).toMatchObject([{ limit: 'soundChild.startsOfOne', count: 50 }]);
    expect(logger.lines).toEqual([expect.stringMatching(/^Door : sound: too many processes/)]);
  });

  it('of any number of owners cost no memory', () => {
    const { admitted, clock } = limiter();
    for (let index = 0; index < 5000; index += 1) {
      admitted('picture', `${index}`, 1);
      clock.advance(1000);
    }
    // Forgotten owners have their whole budget again, like the others.
    expect(admitted('picture', '0', 1000)).toBe(limits.pictureChild.startsOfOne);
  });

  it('that are refused are children that have ended, with the coded error', async () => {
    const children = new Children({ clock: new ManualClock() });
    const started = Array.from({ length: limits.probeChild.startsOfOne + 1 }, () =>
      children.start('probe', '/nowhere', [], { name: 'nowhere' }),
    );
    const exits = await Promise.all(started.map((child) => child.exited));
    expect(exits.at(-1)).toMatchObject({ code: null, error: { code: 'TOO_MANY_STARTS', recoverable: true } });
    expect(exits.at(-2)?.error).toBeUndefined();
    expect(children.running).toBe(0);
  });

  it('and whatever else their owner runs into are counted as the limits of its NVR', async () => {
    const children = new Children();
    const logger = recordingLogger();
    const counters = new LimitCounters(logger);
    const owner = { name: 'Door', limits: counters };
    const node = (code: string) => children.start('picture', process.execPath, ['-e', code], owner);
    const junk = 'const fs = require("fs"); const junk = Buffer.alloc(65536); for (;;)';
    const loud = node(`${junk} fs.writeSync(2, junk);`);
    await loud.exited;
    const deaf = node(STAY);
    while (deaf.write(Buffer.alloc(1024 * 1024)));
    await deaf.stop();
    // One that stood by is its owner's from the moment on that it works for it.
    const standby = children.start('picture', process.execPath, ['-e', `${junk} fs.writeSync(1, junk);`]);
    children.adopt(standby, owner);
    standby.read(() => undefined);
    await standby.exited;
    for (let exit; !exit?.error;) exit = await children.start('picture', '/nowhere', [], owner).exited;

    expect(counters.hits.map(({ limit, count }) => [limit, count])).toEqual([
      ['child.stderr', 1],
      ['child.input', 1],
      ['pictureChild.output', 1],
      ['pictureChild.startsOfOne', 1],
    ]);
    expect(logger.lines).toHaveLength(4);
    expect(children.limitHits).toEqual([]);
  });

  it('that flap are few within a minute', async () => {
    const children = new Children({ clock: systemClock });
    let started = 0;
    const start = () => children.start('sound', '/bin/true', [], { name: 'Door' });
    for (let exit; !exit?.error; started += 1) exit = await start().exited;
    expect(started).toBeLessThanOrEqual(2 * limits.soundChild.startsOfOne + 1);
  });
});
