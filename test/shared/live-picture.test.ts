import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../src/shared/index.js';
import { livePicture } from '../../src/shared/internal.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';
import { Children, findFfmpeg, PictureMaker, startFfmpeg } from '../../src/shared/ffmpeg/index.js';
import { jpegSize } from '../../src/shared/codec/index.js';
import { readPictureMark } from '../support/picture-mark.js';
import { until } from '../support/until.js';
import { withNvr } from './with-nvr.js';

const ffmpeg = await findFfmpeg({ logger: silentLogger });
const pictures = new PictureMaker(ffmpeg);

/** What the simulator has drawn on it. */
async function markOf(jpeg: Buffer) {
  const size = jpegSize(jpeg);
  const args = ['-f', 'mjpeg', '-i', 'pipe:0', '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'];
  const child = startFfmpeg(ffmpeg, 'picture', args);
  child.end(jpeg);
  const { output } = await ffmpeg.children.output(child, 10_000);
  return size && readPictureMark(output, size.width, size.height);
}

describe('a live picture', () => {
  const context = withNvr();

  it('comes out of the stream, and leaves no file on the NVR', async () => {
    const { jpeg, from, width, taken } = await livePicture(context.client, 2, { pictures });
    expect({ from, mark: await markOf(jpeg) }).toMatchObject({ from: 'feed', mark: { channel: 2, stream: 'main' } });
    expect(width).toBe(jpegSize(jpeg)?.width);
    expect(Math.abs(taken.getTime() - Date.now())).toBeLessThan(60_000);
    expect(context.nvr.requests.map(({ path }) => path)).not.toContain('/device/getSnapshot');
  });

  it('is of the stream and width asked for, and no wider than it was', async () => {
    const [small, wide] = await Promise.all([
      livePicture(context.client, 1, { pictures, stream: 'sub', width: 160 }),
      livePicture(context.client, 1, { pictures, width: 3840 }),
    ]);
    expect(jpegSize(small.jpeg)?.width).toBe(160);
    expect(await markOf(wide.jpeg)).toMatchObject({ channel: 1, stream: 'main' });
    expect(jpegSize(wide.jpeg)?.width).toBeLessThan(3840);
  });

  it('is the newest picture of a warm feed, or its keyframe where that will do', async () => {
    const feed = context.client.feed(1, 'main');
    const seen: { keyframe: boolean; timestamp: number }[] = [];
    const subscription = feed.subscribe({ frame: (frame) => void (frame.kind === 'video' && seen.push(frame)) });
    await until('some pictures behind the keyframe', () => seen.length > 3 && seen.slice(-3).every((s) => !s.keyframe));
    const keyframe = feed.latestKeyframe?.timestamp;
    const newest = seen.at(-1)?.timestamp ?? 0;
    const [picture, key] = await Promise.all([
      livePicture(context.client, 1, { pictures }),
      livePicture(context.client, 1, { pictures, newest: 'keyframe' }),
    ]);
    subscription.close();
    expect([picture.taken.getTime(), key.taken.getTime()]).toEqual([newest, keyframe]);
    // The number that is drawn on it: 15 pictures a second, from the begin of ten seconds.
    const number = (time: number) => Math.round(((time % 10_000) * 15) / 1000) % 150;
    expect([(await markOf(picture.jpeg))?.picture, (await markOf(key.jpeg))?.picture]).toEqual([
      number(newest),
      number(keyframe ?? 0),
    ]);
  });

  it('is the own snapshot of an NVR whose stream gives none, and where there is no ffmpeg', async () => {
    const broken = new PictureMaker({ path: '/nowhere/ffmpeg', children: new Children() });
    for (const maker of [undefined, broken]) {
      const { jpeg, from } = await livePicture(context.client, 1, { pictures: maker });
      expect([from, jpegSize(jpeg)]).toEqual(['nvr', { width: expect.any(Number), height: expect.any(Number) }]);
    }
  });

  it('ends with its signal', async () => {
    context.nvr.faults.silentLive = true;
    const abort = new AbortController();
    const picture = livePicture(context.client, 1, { pictures, signal: abort.signal });
    await until('the feed to be open', () => context.nvr.openSockets > 0);
    abort.abort(new Error('enough'));
    await expect(picture).rejects.toThrow('enough');
  });
});

describe('a picture maker', () => {
  const jpeg = { codec: 'jpeg', data: Buffer.from('no picture') } as const;
  let maker: PictureMaker;
  beforeEach(() => void (maker = new PictureMaker(ffmpeg, 1)));
  afterEach(() => expect(maker.busy).toBe(0));

  it('has so many pictures wait, and refuses more', async () => {
    const counters = new LimitCounters(silentLogger);
    // Each of a camera of its own: one camera's pictures of a minute are another limit, which a quick machine would reach.
    const owners = Array.from({ length: 66 }, (_, index) => ({ name: `camera ${index + 1}`, limits: counters }));
    const results = await Promise.allSettled(owners.map((owner) => maker.make(owner, jpeg)));
    const codes = results.map((result) =>
      result.status === 'rejected' ? (result.reason as { code: string }).code : '',
    );
    expect(codes.at(-1)).toBe('BUSY');
    expect(codes[0]).toBe('CONVERSION_FAILED');
    expect(codes.filter((code) => code === 'BUSY')).toHaveLength(1);
    expect(counters.hits).toMatchObject([{ limit: 'picture.waiting', count: 1 }]);
  });

  it('takes no text into its filters', async () => {
    const width = '1:2,drawbox' as unknown as number;
    await expect(maker.make({ name: 'gate' }, { ...jpeg, width })).rejects.toThrow('whole numbers');
  });
});
