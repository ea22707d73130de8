import { describe, expect, it } from '@jest/globals';
import { Nvr } from '../../src/shared/index.js';
import { bundleText, capture } from '../../src/shared/internal.js';
import { limits } from '../../src/shared/limits.js';
import { Recorder } from '../../src/shared/diagnosis/capture/recorder.js';
import { scrubbed } from '../../src/shared/diagnosis/capture/make-bundle.js';
import { Scrubber } from '../../src/shared/diagnosis/capture/scrubber.js';
import { StandIns } from '../../src/shared/diagnosis/capture/stand-ins.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { slowness, work } from '../support/work.js';

const request = { method: 'GET', path: '/device/cameraList' } as const;
const head = { at: 0, ms: 1, status: 200, reason: 'OK', headers: [] };
const reply = (body: string | Buffer, path: string = request.path) =>
  ({ is: 'reply', ...head, request: { ...request, path }, body: Buffer.from(body) }) as const;
const upgrade = (path: string) => ({ is: 'upgrade', ...head, status: 101, path }) as const;
const message = (path: string, data: Buffer) => ({ is: 'message', at: 1, path, data, binary: false }) as const;

/** A recorder of a capture, and which limits were hit. */
function recording() {
  const hits = new Set<string>();
  return { recorder: new Recorder((limit) => hits.add(limit)), hits };
}

const scrub = (recorder: Recorder) => scrubbed(recorder, new Scrubber(new StandIns()), 0, false);

describe('a capture of a recorder that never ends', () => {
  it('holds so many answers, so many bytes of each, and so many in all', () => {
    const { recorder, hits } = recording();
    for (let count = 0; count <= limits.capture.exchanges; count += 1) recorder.tap(reply(`[${count}]`, `/${count}`));
    expect(recorder.exchanges).toHaveLength(limits.capture.exchanges);
    expect([...hits]).toEqual(['capture.exchanges']);

    const large = recording();
    for (let count = 0; count < 100; count += 1) large.recorder.tap(reply(Buffer.alloc(4 * 1024 * 1024, 0x5b)));
    expect(large.recorder.exchanges).toHaveLength(limits.capture.bytes / limits.capture.body);
    expect([...large.hits]).toEqual(['capture.body', 'capture.bytes']);
    const [exchange] = scrub(large.recorder).exchanges;
    expect(exchange).toMatchObject({ reply: { cut: 4 * 1024 * 1024 - limits.capture.body } });
  });

  it('holds so many messages of each socket, and none of those that are left', () => {
    const { recorder, hits } = recording();
    for (const [path, most] of [
      ['/meta/eventHook', limits.capture.messages],
      ['/live/1/0', limits.capture.frames],
    ] as const) {
      recorder.tap(upgrade(path));
      for (let count = 0; count < most + 5; count += 1) recorder.tap(message(path, Buffer.from('{}')));
      expect(recorder.sockets.at(-1)?.messages).toHaveLength(most);
    }
    expect([...hits]).toEqual(['capture.messages', 'capture.frames']);
    recorder.leave();
    recorder.tap({ is: 'closed', at: 9, path: '/live/1/0', code: 1006 });
    expect(recorder.sockets.at(-1)?.closed).toBeUndefined();
  });

  it.each([
    ['nested without end', '['.repeat(100_000)],
    ['quotes without end', '"'.repeat(100_001)],
    ['backslashes without end', `"${'\\'.repeat(100_001)}`],
    ['JSON within JSON within JSON', JSON.stringify(JSON.stringify(JSON.stringify(JSON.stringify(['Nursery']))))],
    ['names without values', `{${'Nursery,'.repeat(10_000)}`],
    ['colons', ':'.repeat(100_000)],
    ['words without end', `<html>${'Nursery '.repeat(12_000)}`],
    ['a word without end', `<html>${'Nursery'.repeat(15_000)}`],
    ['many kinds of events', JSON.stringify(Array.from({ length: 6000 }, (_, n) => ({ Model: `Nursery ${n}` })))],
    ['dots and digits', '1.'.repeat(60_000)],
    ['hexadecimal pairs', 'ab:'.repeat(40_000)],
  ])('is scrubbed in no time: %s', (_, text) => {
    const { recorder } = recording();
    recorder.tap(reply(text));
    const begun = work();
    const [exchange] = scrub(recorder).exchanges;
    expect((work() - begun) / slowness()).toBeLessThan(3000);
    if (!text.includes('Model')) expect(JSON.stringify(exchange)).not.toContain('Nursery');
    expect(JSON.stringify(exchange).length).toBeLessThan(4 * limits.capture.body);
  });

  it('ends with its signal, and leaves nothing open', async () => {
    await using simulator = await Simulator.start({ cameras: 1 });
    const { host, port } = simulator;
    const account = { host, username: 'admin', password: 'admin123' };
    const ending = new AbortController();
    const asked: string[] = [];
    const taken = capture({
      ...{ account, by: 'test', signal: ending.signal },
      connect: (tap) => new Nvr({ ...account, port, tap }),
      progress: (what) => {
        asked.push(what);
        if (asked.length === 5) ending.abort(new Error('enough'));
      },
    });
    await expect(taken).rejects.toThrow('enough');
    expect(asked).toHaveLength(5);
    expect(simulator.openSockets).toBe(0);
    expect(simulator.openSessions).toBe(0);
  });

  it('is a text that cannot steer a terminal', () => {
    const { recorder } = recording();
    recorder.tap(reply('{"Model":"a\u202eb\u001b[2J"}'));
    const about = { format: 'everfocus-capture', version: 1, source: 'recorder', by: '', made: '', length: 0 } as const;
    const rest = { account: { username: '', password: '' }, dialect: {}, replaced: {}, leftOut: [] };
    const text = bundleText({ ...about, ...rest, ...scrub(recorder) });
    expect(JSON.parse(text)).toMatchObject({ format: 'everfocus-capture' });
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u001b\u202e]/);
  });
});
