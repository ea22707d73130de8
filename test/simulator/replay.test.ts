import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { limits } from '../../src/shared/limits.js';
import { BundleError, readBundle, Replay } from '../../packages/simulator/src/index.js';
import { loadBundle } from '../../packages/simulator/src/replay/bundle.js';

const file = readFileSync(new URL('../captures/simulator-document.json', import.meta.url));
const good = JSON.parse(file.toString()) as Record<string, unknown> & {
  exchanges: Record<string, unknown>[];
  sockets: Record<string, unknown>[];
};
const withExchange = (changes: object) => ({ ...good, exchanges: [{ ...good.exchanges[0], ...changes }] });
const withSocket = (changes: object) => ({ ...good, sockets: [{ ...good.sockets[0], ...changes }] });
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

describe('a bundle', () => {
  it('is read where it is one', () => {
    expect(readBundle(file).exchanges).toHaveLength(good.exchanges.length);
  });

  it.each<[string, unknown, RegExp]>([
    ['no object', null, /no capture/],
    ['a list', [], /no capture/],
    ['something else', { format: 'har' }, /no capture/],
    ['of a later version', { ...good, version: 2 }, /version is 2, and only 1/],
    ['without answers', { ...good, exchanges: undefined }, /exchanges/],
    [
      'of endless answers',
      { ...good, exchanges: many(limits.capture.exchanges + 1, good.exchanges[0]) },
      /\/exchanges/,
    ],
    ['of a status that is none', withExchange({ status: 7 }), /\/exchanges\/0/],
    ['of a header that ends the head', withExchange({ headers: [['X', 'a\r\n\r\nb']] }), /\/exchanges\/0/],
    ['of a name of a header that is none', withExchange({ headers: [['X: y', 'a']] }), /\/exchanges\/0/],
    ['of a reason that ends the line', withExchange({ reason: 'OK\r\nX: y' }), /\/exchanges\/0/],
    ['of a path elsewhere', withExchange({ path: 'http://other/' }), /\/exchanges\/0/],
    ['of a file that is too large', withExchange({ reply: { bytes: 2 ** 40, magic: 'ffd8' } }), /\/exchanges\/0/],
    ['of a message at no time', withSocket({ messages: [{ at: -1, text: '' }] }), /\/sockets\/0/],
    ['of a frame that is too large', withSocket({ messages: [{ at: 0, parts: [2 ** 33] }] }), /\/sockets\/0/],
    ['of a header of a frame that is none', withSocket({ messages: [{ at: 0, parts: ['xyz'] }] }), /\/sockets\/0/],
    ['of endless messages', withSocket({ messages: many(limits.capture.messages + 1, { at: 0 }) }), /\/sockets\/0/],
  ])('is refused that is %s', (_, document, words) => {
    const read = () => readBundle(Buffer.from(JSON.stringify(document)));
    expect(read).toThrow(words);
    expect(read).toThrow(expect.objectContaining({ code: 'INVALID_BUNDLE' }));
  });

  it('is refused that is no plain file: a pipe or a device may have no end', async () => {
    await expect(loadBundle(tmpdir())).rejects.toMatchObject({ code: 'INVALID_BUNDLE' });
  });

  it.each([
    ['of lists within each other', '['.repeat(2 ** 20), /JSON with lists and objects nested more than 32 deep/],
    ['of lists on end', `[${'[],'.repeat(600_000)}[]]`, /JSON with more than 1000000 values/],
  ])('is not even read where it is one %s', (_, text, words) => {
    expect(() => readBundle(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'INVALID_BUNDLE' }));
    expect(() => readBundle(Buffer.from(text))).toThrow(words);
  });

  it('is refused that is no JSON, or too large', () => {
    expect(() => readBundle(file.subarray(0, 2000))).toThrow(BundleError);
    expect(() => readBundle(Buffer.alloc(limits.capture.bundle + 1))).toThrow(/larger than/);
  });
});

describe('a replay', () => {
  const at = ({ host, port }: Replay, path: string, init: RequestInit = {}) =>
    fetch(`http://${host}:${port}${path}`, init);
  const opened = (replay: Replay, path: string) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(`ws://${replay.host}:${replay.port}${path}`);
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => undefined);
      socket.on('open', () => {
        socket.terminate();
        resolve(101);
      });
    });

  it('tells what the capture does not answer, and makes nothing up', async () => {
    await using replay = await Replay.start(readBundle(file));
    expect((await at(replay, '/device/cameraDetail?ChannelID=1')).status).toBe(200);
    expect((await at(replay, '/device/cameraDetail?ChannelID=7')).status).toBe(404);
    expect((await at(replay, '/no/such/thing')).status).toBe(404);
    expect(await opened(replay, '/meta/eventHook')).toBe(101);
    expect(await opened(replay, '/live/9/0')).toBe(404);
    expect(replay.unanswered).toEqual([
      'GET /device/cameraDetail?ChannelID=7',
      'GET /no/such/thing',
      'UPGRADE /live/9/0',
    ]);
  });

  it('answers what was asked of another time, or of more cameras', async () => {
    await using replay = await Replay.start(readBundle(file));
    const map = { StartTime: 1, EndTime: 3601, mainsub: 1 };
    const ask = async (ChannelIDs: number[]) =>
      (await at(replay, '/record/getMapByMinute', { method: 'POST', body: JSON.stringify({ ...map, ChannelIDs }) }))
        .status;
    expect(await ask([1])).toBe(200);
    expect(await ask([1, 2])).toBe(404);
  });

  it('answers several times what was answered several times, in that order, and the last from then on', async () => {
    const [first] = good.exchanges;
    const answers = ['one', 'two'].map((text) => ({ ...first, path: '/x', reply: { text } }));
    await using replay = await Replay.start(readBundle(Buffer.from(JSON.stringify({ ...good, exchanges: answers }))));
    const texts = [];
    for (let count = 0; count < 3; count += 1) texts.push(await (await at(replay, '/x')).text());
    expect(texts).toEqual(['one', 'two', 'two']);
  });

  it('plays one playback after the other, whatever time and session they are of', async () => {
    const captured = (text: string, session: number) => ({
      ...{ ...good.sockets[0], path: `/playback/1/0?time=${session}000&session=${session}` },
      ...{ status: 101, messages: [{ at: 0, text }], closed: undefined },
    });
    const document = { ...good, sockets: [captured('one', 1), captured('two', 2)] };
    await using replay = await Replay.start(readBundle(Buffer.from(JSON.stringify(document))));
    const texts = [];
    for (const session of ['a', 'b', 'c']) {
      const path = `/playback/1/0?time=77&session=${session}`;
      const socket = new WebSocket(`ws://${replay.host}:${replay.port}${path}`);
      texts.push(String(await new Promise((resolve) => socket.once('message', resolve))));
      socket.terminate();
    }
    expect(texts).toEqual(['one', 'two', 'two']);
  });

  it('gives everything back when it is stopped', async () => {
    const replay = await Replay.start(readBundle(file));
    const socket = new WebSocket(`ws://${replay.host}:${replay.port}/device/cameraStatus`);
    await new Promise((resolve) => socket.once('message', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await replay.stop();
    await closed;
    await expect(at(replay, '/device/cameraStatus')).rejects.toThrow();
  });
});
