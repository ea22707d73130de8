import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { modifySettings, operations } from '../../src/shared/index.js';
import { until } from '../support/until.js';
import { startOddNvr } from './odd-nvr.js';

const mail = { read: operations.getEMail, write: operations.setEMail };
const ok = { Result: 'OK' };

const outcomeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    ({ code, path }: { code?: string; path?: string }) => (path === undefined ? code : `${code} ${path}`),
  );

describe('Several changes of settings at once', () => {
  const schedule = { read: operations.getSchedulesByGroup, write: operations.setScheduleByGroup };
  const group = { GroupID: 'Email' } as const;

  it('lose none, whatever answers late', async () => {
    const change = fc.record({ channel: fc.integer({ min: 1, max: 2 }), day: fc.integer({ min: 0, max: 6 }) });
    const delays = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), delays, async (changes, turns) => {
        const maps = new Map([1, 2].map((channel) => [String(channel), Array<string>(7).fill('-'.repeat(48))]));
        let count = 0;
        const late = async (answer: () => unknown, response: ServerResponse) => {
          for (let turn = turns[count++ % turns.length] ?? 0; turn > 0; turn -= 1) await new Promise(setImmediate);
          response.end(JSON.stringify(answer()));
        };
        const channelOf = ({ url = '' }: IncomingMessage) =>
          new URLSearchParams(url.split('?')[1]).get('ChannelID') ?? '';
        const entries = (Map: unknown) => ({ Motion: { Map }, InputAlarm: { Map }, Intellegent: { Map } });
        const { client } = await startOddNvr({
          'GET /schedule/getSchedulesByGroup': (request, response) =>
            void late(() => entries(maps.get(channelOf(request))), response),
          'POST /schedule/setScheduleByGroup': (request, response, body) => {
            const { Motion } = JSON.parse(body) as { Motion: { Map: string[] } };
            void late(() => (maps.set(channelOf(request), Motion.Map), ok), response);
          },
        });
        await Promise.all(
          changes.map(({ channel, day }) =>
            modifySettings(client, schedule, { ChannelID: channel, ...group }, ({ Motion, ...others }) => ({
              ...others,
              Motion: { Map: (Motion?.Map ?? []).map((line, at) => (at === day ? '+'.repeat(48) : line)) },
            })),
          ),
        );
        await client.close();
        for (const { channel, day } of changes) expect(maps.get(String(channel))?.[day]).toBe('+'.repeat(48));
      }),
      { numRuns: 30 },
    );
  });

  it('lose none where they share a channel only', async () => {
    const stored = new Map<string, object>(
      ['1 0', '1 1', '2 0'].map((stream) => [stream, { Encoding: 'H264', Quality: '5' }]),
    );
    const keyOf = ({ ch, mainsub }: { ch: number; mainsub: number }) => `${ch} ${mainsub}`;
    const written: unknown[] = [];
    const { client } = await startOddNvr({
      'POST /device/GetVideoEncoderConfigurations': (_request, _response, body) => {
        const streams = JSON.parse(body) as { ch: number; mainsub: number }[];
        return {
          Result: streams.map((each) => ({ ...each, Configuration: stored.get(keyOf(each)), Options: { codecs: [] } })),
        };
      },
      'POST /device/SetVideoEncoderConfiguration': (_request, _response, body) => {
        const streams = JSON.parse(body) as { ch: number; mainsub: number; Configuration: object }[];
        for (const each of streams) stored.set(keyOf(each), each.Configuration);
        written.push(...streams.flatMap(Object.keys));
        return ok;
      },
    });
    const encoder = { read: operations.getVideoEncoderConfigurations, write: operations.setVideoEncoderConfiguration };
    const change = (streams: { ch: number; mainsub: 0 | 1 }[], part: object) =>
      modifySettings(client, encoder, { body: streams }, (settings) =>
        settings.map((each) => ({ ...each, Configuration: { ...each.Configuration, ...part } })),
      );
    const [main, sub, other] = [
      { ch: 1, mainsub: 0 as const },
      { ch: 1, mainsub: 1 as const },
      { ch: 2, mainsub: 0 as const },
    ];
    await Promise.all([
      change([main, other], { Quality: '1' }),
      change([main], { Encoding: 'H265' }),
      change([other, main], { SessionTimeout: 'PT1M' }),
      change([sub], { Quality: '2' }),
    ]);
    expect(Object.fromEntries(stored)).toEqual({
      '1 0': { Encoding: 'H265', Quality: '1', SessionTimeout: 'PT1M' },
      '1 1': { Encoding: 'H264', Quality: '2' },
      '2 0': { Encoding: 'H264', Quality: '1', SessionTimeout: 'PT1M' },
    });
    // What the camera supports is told and not set.
    expect(new Set(written)).toEqual(new Set(['ch', 'mainsub', 'Configuration']));
    const foreign = modifySettings(client, encoder, { body: [main] }, (settings) =>
      settings.map((each) => ({ ...each, Options: { codecs: [{ name: 'H266' }] } })),
    );
    expect(await outcomeOf(foreign)).toBe('INVALID_PARAMETER Options');
  });

  it('go on after one that fails, and one that is given up waits no more', async () => {
    let release: () => unknown = () => undefined;
    const nvr = await startOddNvr({
      'GET /network/getEMail': (_request, response) =>
        void (release = () => response.end(JSON.stringify({ active: true, interval: 300 }))),
      'POST /network/setEMail': () => ok,
    });
    const { client } = nvr;
    const set = (interval: unknown, signal?: AbortSignal) =>
      outcomeOf(modifySettings(client, mail, {}, (old) => ({ ...old, interval: interval as number }), { signal }));
    const bad = set('never');
    const reason = new Error('enough');
    const abort = new AbortController();
    const abandoned = modifySettings(client, mail, {}, (old) => old, { signal: abort.signal });
    const good = set(600);
    abort.abort(reason);
    await expect(abandoned).rejects.toBe(reason);
    await until('the first read', () => nvr.count('GET /network/getEMail') === 1);
    release();
    expect(await bad).toBe('INVALID_PARAMETER interval');
    await until('the second read', () => nvr.count('GET /network/getEMail') === 2);
    release();
    expect(await good).toBe('done');
  });
});
