import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Response } from 'express';
import { SoundQueue } from '../../src/node-red/nodes/live/sound.js';
import { SILENT_AAC_FRAME } from '../../src/shared/codec/index.js';
import { finish, MjpegViewer, Mp4Viewer, videoOf } from '../../src/node-red/nodes/live/viewers.js';
import { ManualClock, silentLogger, type VideoFrame } from '../../src/shared/index.js';
import { LimitCounters } from '../../src/shared/internal.js';
import { jpegsIn } from './support/live-browser.js';

describe('a viewer that is slow', () => {
  const frame = (keyframe: boolean): VideoFrame => ({
    ...({ kind: 'video', codec: 'h264', width: 0, height: 0 } as const),
    ...{ keyframe, timestamp: 0, data: Buffer.alloc(0) },
  });
  /** As much of an answer as viewers use. */
  const slow = () => {
    const written: Buffer[] = [];
    const state = { writableLength: 0, destroyed: false };
    const response = Object.assign(state, {
      ...{ type: () => undefined, setHeader: () => undefined },
      write: (bytes: Buffer) => written.push(bytes),
      destroy: () => (state.destroyed = true),
    });
    return { response: response as unknown as Response, state, written };
  };

  it('goes on with a keyframe once it has caught up, and is let go after a while', () => {
    const { response, state } = slow();
    const clock = new ManualClock();
    let dropped = 0;
    const counters = new LimitCounters(silentLogger);
    const viewer = new Mp4Viewer(videoOf(response), clock, () => (dropped += 1), counters);
    state.writableLength = 5 * 1024 * 1024;
    viewer.next(frame(true), false);
    state.writableLength = 1024 * 1024;
    viewer.next(frame(true), false);
    state.writableLength = 0;
    viewer.next(frame(false), false);
    expect(dropped).toBe(3);
    state.writableLength = 5 * 1024 * 1024;
    viewer.next(frame(true), false);
    clock.advance(30_001);
    expect(state.destroyed).toBe(false);
    viewer.next(frame(true), false);
    expect(state.destroyed).toBe(true);
    expect(counters.hits).toMatchObject([
      { limit: 'viewer.waiting', count: 2 },
      { limit: 'viewer.stalled', count: 1 },
    ]);
  });

  it('is shown the newest picture once it has taken the one before', () => {
    const { response, state, written } = slow();
    let dropped = 0;
    const viewer = new MjpegViewer(response, new ManualClock(), () => (dropped += 1), new LimitCounters(silentLogger));
    viewer.next(Buffer.from('one'));
    state.writableLength = 1;
    viewer.next(Buffer.from('two'));
    state.writableLength = 0;
    viewer.next(Buffer.from('three'));
    expect([dropped, jpegsIn(Buffer.concat(written.slice(1))).map(String)]).toEqual([1, ['one', 'three']]);
  });
});

describe('the end of an answer', () => {
  it('is not kept for a viewer that never reads', async () => {
    const closed = Promise.withResolvers<boolean>();
    const answering = createServer((_, response: ServerResponse) => {
      response.once('close', () => closed.resolve(response.writableFinished));
      finish(response as Response, Buffer.alloc(64 * 1024 * 1024), 200);
    }).listen(0, '127.0.0.1');
    await once(answering, 'listening');
    const viewer = connect((answering.address() as AddressInfo).port, '127.0.0.1').pause();
    viewer.on('error', () => undefined).write('GET / HTTP/1.1\r\nHost: nvr\r\n\r\n');
    expect(await closed.promise).toBe(false);
    viewer.destroy();
    answering.close();
    await once(answering, 'close');
  });
});

describe('the sound of a viewer', () => {
  const frame = (number: number) => Buffer.from([number]);
  const silent = SILENT_AAC_FRAME;

  it('is silence until some of it is there, and again where it comes too late', () => {
    const queue = new SoundQueue();
    for (const number of [1, 2, 3]) queue.put(frame(number));
    expect(queue.take(2)).toEqual([silent, silent]);
    queue.put(frame(4));
    expect(queue.take(3)).toEqual([frame(1), frame(2), frame(3)]);
    expect(queue.take(2)).toEqual([frame(4), silent]);
    queue.put(frame(5));
    expect(queue.take(1)).toEqual([silent]);
  });

  it('is the newest of what waits for too long', () => {
    const queue = new SoundQueue();
    for (let number = 1; number <= 100; number += 1) queue.put(frame(number));
    const heard = queue.take(12);
    expect(heard.indexOf(silent)).toBeGreaterThanOrEqual(4);
    expect(heard[heard.indexOf(silent) - 1]).toEqual(frame(100));
  });
});
