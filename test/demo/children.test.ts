import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Children } from '../../scripts/demo/children.js';

describe('the programs of the demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'everfocus-children-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const never = new AbortController().signal;
  const script = (source: string) => ['-e', source];
  const serve = "console.log('listening'); setInterval(() => {}, 1000);";

  it('are ready when they have said so, and keep a log', async () => {
    {
      await using children = new Children(folder, never);
      const { opening } = await children.start('server', script(serve), [/listening/]);
      expect(opening).toEqual(['listening']);
    }
    expect(readFileSync(join(folder, 'server.log'), 'utf8')).toBe('listening\n');
  });

  it('are told what is typed', async () => {
    await using children = new Children(folder, never);
    const echo = "console.log('ready'); process.stdin.on('data', () => process.exit());";
    const { type } = await children.start('echo', script(echo), [/ready/]);
    type('m 2');
    await expect(children.untilStopped()).rejects.toMatchObject({ code: 'PART_ENDED' });
  });

  it('show what they printed when they do not start', async () => {
    await using children = new Children(folder, never);
    const start = children.start('broken', script("console.error('no such file'); process.exit(3)"), [/listening/]);
    await expect(start).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringContaining('no such file'),
    });
  });

  it('say so when their port is taken', async () => {
    await using children = new Children(folder, never);
    const start = children.start('late', script("console.error('listen EADDRINUSE :::1'); process.exit(1)"), [/never/]);
    await expect(start).rejects.toMatchObject({ code: 'PORT_TAKEN' });
  });

  it('stop when the user loses patience while they start', async () => {
    const stop = new AbortController();
    await using children = new Children(folder, stop.signal);
    const start = children.start('slow', script('setInterval(() => {}, 1000)'), [/listening/]);
    stop.abort();
    await expect(start).rejects.toMatchObject({ code: 'STOPPED' });
  });

  it('stop together', async () => {
    const children = new Children(folder, never);
    const ends = [1, 2].map(() => children.start('server', script(serve), [/listening/]));
    await Promise.all(ends);
    const ended = children.untilStopped();
    await Promise.all([children[Symbol.asyncDispose](), expect(ended).rejects.toMatchObject({ code: 'PART_ENDED' })]);
  });
});
