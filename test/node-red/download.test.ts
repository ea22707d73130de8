import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { expect, describe, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ActionCall } from '../../src/node-red/actions/action.js';
import { allActions } from '../../src/node-red/actions/index.js';
import { readDownload } from '../../src/node-red/download.js';
import { operations } from '../../src/shared/index.js';
import type { Nvr } from '../../src/shared/index.js';
import { startOddNvr } from '../shared/odd-nvr.js';
import { until } from '../support/until.js';

const clip = { ChannelID: 1, stream: 0, startTime: 1_584_949_180, endTime: 1_584_949_200 };
const mebibyte = Buffer.alloc(1024 * 1024);

/** An NVR whose clip is told by the test. */
async function nvrWithClip(tell: (response: ServerResponse) => void) {
  const open = new Set<ServerResponse>();
  const nvr = await startOddNvr({
    'GET /record/backupVideoClip': (_request: IncomingMessage, response: ServerResponse) => {
      open.add(response);
      response.once('close', () => open.delete(response));
      response.write('RIFF');
      tell(response);
    },
  });
  const closing = new AbortController();
  const { signal } = closing;
  const stream = await nvr.client.call(operations.backupVideoClip, clip, { signal });
  return {
    nvr,
    closing,
    open,
    read: (limit?: 'flow.clip') => readDownload(stream, 'backupVideoClip', signal, nvr.client.limits, limit),
  };
}

async function writeForever(response: ServerResponse): Promise<void> {
  while (!response.destroyed) {
    const heard = new AbortController();
    const { signal } = heard;
    if (!response.write(mebibyte)) {
      await Promise.race(['drain', 'close'].map((event) => once(response, event, { signal }))).finally(() =>
        heard.abort(),
      );
    }
  }
}

describe('a download', () => {
  it('becomes one Buffer', async () => {
    const { read } = await nvrWithClip((response) => response.end(mebibyte));
    const payload = await read();
    expect(payload.length).toBe(4 + mebibyte.length);
    expect(payload.toString('latin1', 0, 4)).toBe('RIFF');
  });

  it('does so where an action of a node makes it', async () => {
    const { nvr } = await nvrWithClip((response) => response.end('AVI '));
    const action = allActions.find(({ id }) => id === 'backupVideoClip');
    const { limits } = nvr.client;
    const byName = { callByName: () => nvr.client.call(operations.backupVideoClip, clip), limits } as unknown as Nvr;
    const call = { note: () => undefined } as unknown as ActionCall;
    expect(await action?.run(byName, clip, new AbortController().signal, call)).toEqual(Buffer.from('RIFFAVI '));
  });

  it('that has no end is given up, and the transfer with it', async () => {
    const { nvr, read, open } = await nvrWithClip((response) => void writeForever(response));
    await expect(read('flow.clip')).rejects.toMatchObject({
      code: 'REPLY_TOO_LARGE',
      message: expect.stringContaining('64 MiB'),
    });
    expect(nvr.client.limits.hits).toMatchObject([{ limit: 'flow.clip', count: 1 }]);
    await until('the transfer ends', () => open.size === 0);
  });

  it('is one Buffer up to its limit, and is given up one byte beyond', async () => {
    const { client } = await startOddNvr({});
    // The same piece again and again: what is counted is what comes.
    const pieces = Array.from({ length: 256 }, () => mebibyte);
    const read = (parts: readonly Buffer[]) =>
      readDownload(Readable.from(parts), 'backupVideoClip', new AbortController().signal, client.limits);
    await expect(read([...pieces, Buffer.alloc(1)])).rejects.toMatchObject({
      ...{ code: 'REPLY_TOO_LARGE', limit: 'flow.download', message: expect.stringContaining('256 MiB') },
    });
    expect(client.limits.hits).toMatchObject([{ limit: 'flow.download', count: 1 }]);
    expect((await read(pieces)).length).toBe(2 ** 28);
  });

  it('that others of the NVR leave no room for is given up; when they are gone there is room again', async () => {
    const nvr = await startOddNvr({});
    // The same piece again and again: what is counted is what comes.
    const bytes = (mib: number) => Readable.from(Array.from({ length: mib }, () => mebibyte));
    const read = (stream: Readable) =>
      readDownload(stream, 'backupVideoClip', new AbortController().signal, nvr.client.limits);
    const held = ['one', 'other'].map(() => new PassThrough({ highWaterMark: 256 * 1024 * 1024 }));
    const reading = held.map((stream) => {
      for (let mib = 0; mib < 250; mib += 1) stream.write(mebibyte);
      return read(stream);
    });
    await until('all of it is taken', () => held.every(({ readableLength }) => readableLength === 0));
    await expect(read(bytes(13))).rejects.toMatchObject({ code: 'REPLY_TOO_LARGE', limit: 'flow.downloads' });
    expect(nvr.client.limits.hits).toMatchObject([{ limit: 'flow.downloads', count: 1 }]);
    for (const stream of held) stream.destroy(new Error('broken'));
    await Promise.all(reading.map((each) => expect(each).rejects.toMatchObject({ code: 'NVR_UNREACHABLE' })));
    expect((await read(bytes(13))).length).toBe(13 * mebibyte.length);
  });

  it('ends with the reason when the node is closed', async () => {
    const { read, open, closing } = await nvrWithClip(() => undefined);
    const reading = read();
    const reason = new Error('closed');
    closing.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await until('the transfer ends', () => open.size === 0);
  });

  it('ends when the client is closed', async () => {
    const { read, nvr, open } = await nvrWithClip(() => undefined);
    await Promise.all([expect(read()).rejects.toMatchObject({ code: 'CLOSED' }), nvr.client.close()]);
    await until('the transfer ends', () => open.size === 0);
  });

  it('that breaks off is an error with a code', async () => {
    const { read } = await nvrWithClip((response) => setImmediate(() => response.destroy()));
    await expect(read()).rejects.toMatchObject({ code: 'NVR_UNREACHABLE' });
  });
});
