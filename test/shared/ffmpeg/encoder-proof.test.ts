import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { FlvReader, nalUnits, reorderedPictures } from '../../../src/shared/codec/index.js';
import {
  type Child,
  Children,
  faultOfEncoder,
  hardwareArguments,
  type HardwareEncoder,
  hardwareEncoders,
} from '../../../src/shared/ffmpeg/index.js';
import { type Clock, ManualClock } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import { anyFfmpeg } from '../../homebridge/live/camera.js';

/** Software in the place of hardware: it makes pictures on any machine, as good or bad as it is told. */
const stand: HardwareEncoder = {
  name: 'libx264',
  device: [],
  intake: 'format=yuv420p',
  profiles: { 66: 'baseline', 77: 'main', 100: 'high' },
  options: ['-preset', 'superfast', '-tune', 'zerolatency'],
};

class WatchedChildren extends Children {
  /** Pictures that came out of each encoder. */
  readonly pictures: number[] = [];

  override start(...request: Parameters<Children['start']>): Child {
    const child = super.start(...request);
    const [reader, index] = [new FlvReader(), this.pictures.length];
    this.pictures.push(0);
    child.read((bytes) => (this.pictures[index] = (this.pictures[index] ?? 0) + reader.push(bytes).length));
    return child;
  }
}

async function proof(
  changes: Partial<HardwareEncoder>,
  clock: Clock = new ManualClock(),
  signal = AbortSignal.any([]),
) {
  const children = new WatchedChildren();
  const ffmpeg = { ...(await anyFfmpeg()), children };
  return { children, fault: faultOfEncoder({ ...stand, ...changes }, { ffmpeg, clock, signal }) };
}

describe('an encoder', () => {
  it('is proven by pictures that come at once, in the asked profiles, of three streams at a time', async () => {
    const { children, fault } = await proof({});
    await expect(fault).resolves.toBeUndefined();
    // Three that encode, and a look at what each has made.
    expect(children.pictures).toHaveLength(6);
    expect(children.running).toBe(0);
  });

  it.each([
    ['turns pictures round', { intake: 'hflip,format=yuv420p' }, 'its pictures of 1280x720 show something else'],
    ['loses colours', { intake: 'hue=s=0,format=yuv420p' }, 'its pictures of 1280x720 show something else'],
    ['has another profile', { profiles: { ...stand.profiles, 77: 'high' } }, 'profile 100 instead of 77'],
    ['has one of the profiles only', { profiles: { 66: 'main', 77: 'main', 100: 'high' } }, 'profile 77 instead of 66'],
    [
      'puts pictures into another order',
      { options: ['-preset', 'superfast', '-tune', 'zerolatency', '-x264-params', 'bframes=1:b-adapt=0'] },
      'pictures are reordered',
    ],
    ['has another size', { intake: 'scale=640:360,format=yuv420p' }, 'pictures of another size'],
    ['ends', { options: ['-frames:v', '5'] }, 'ffmpeg ended: no reason given'],
    ['is not there', { name: 'h264_nowhere' }, /^ffmpeg ended: .*h264_nowhere/],
  ])('is refused that %s', async (_, changes, expected) => {
    const { children, fault } = await proof(changes);
    await expect(fault).resolves.toMatch(expected);
    expect(children.running).toBe(0);
  });

  it('is refused that holds pictures back, however good they are', async () => {
    const clock = new ManualClock();
    const { children, fault } = await proof({ options: ['-preset', 'superfast', '-rc-lookahead', '5'] }, clock);
    await until('pictures', () => (children.pictures[0] ?? 0) >= 5);
    clock.advance(10_000);
    await expect(fault).resolves.toMatch(/of 20 pictures came within 10 s/);
    expect(children.running).toBe(0);
  });

  it('leaves no process where its proof is given up', async () => {
    const controller = new AbortController();
    const { children, fault } = await proof({}, new ManualClock(), controller.signal);
    controller.abort();
    await expect(fault).resolves.toBeDefined();
    expect(children.running).toBe(0);
  });

  it('for hardware that is not there is refused at once, and leaves no process', async () => {
    const ffmpeg = { ...(await anyFfmpeg()), children: new Children() };
    const [vaapi] = hardwareEncoders(new Set(['h264_vaapi']), 'linux', () => true);
    const absent = { ...(vaapi ?? stand), device: ['-vaapi_device', '/dev/dri/renderD999'] };
    // Its time does not pass.
    const fault = faultOfEncoder(absent, { ffmpeg, clock: new ManualClock(), signal: AbortSignal.any([]) });
    await expect(fault).resolves.toMatch(/^ffmpeg ended: .*vaapi/);
    expect(ffmpeg.children.running).toBe(0);
  });
});

describe('encoders by hardware', () => {
  const every = new Set(
    ['videotoolbox', 'nvenc', 'qsv', 'vaapi', 'v4l2m2m', 'amf'].map((name) => `h264_${name}`).concat('libx264'),
  );
  const names = (...rest: Parameters<typeof hardwareEncoders>) => hardwareEncoders(...rest).map(({ name }) => name);

  it.each([
    ['darwin', ['h264_videotoolbox']],
    ['win32', ['h264_nvenc', 'h264_qsv', 'h264_amf']],
    ['linux', ['h264_nvenc', 'h264_qsv', 'h264_vaapi', 'h264_v4l2m2m']],
    ['freebsd', []],
  ] as const)('of %s', (platform, expected) => {
    expect(names(every, platform, () => true)).toEqual(expected);
    expect(names(new Set(['libx264']), platform, () => true)).toEqual([]);
  });

  it('are not looked for where their device is missing', () => {
    expect(names(every, 'linux', (path) => path.startsWith('/dev/dri/'))).not.toContain('h264_v4l2m2m');
    expect(names(every, 'linux', (path) => path.startsWith('/dev/video'))).not.toContain('h264_vaapi');
  });

  it('are told each profile by the name that they know', () => {
    const told = (platform: NodeJS.Platform, profile: number) =>
      hardwareEncoders(every, platform, () => true).map((encoder) => {
        const text = hardwareArguments(encoder, { profile, bitrate: 300 }).join(' ');
        expect(text).toContain('-bf 0');
        expect(text).toContain('-b:v 300k -maxrate 300k -bufsize 300k');
        return /-profile:v (\w+) /.exec(text)?.[1];
      });
    expect(told('linux', 66)).toEqual(['baseline', 'baseline', 'constrained_baseline', '66']);
    expect(told('darwin', 100)).toEqual(['high']);
    expect(told('win32', 77)).toEqual(['main', 'main', 'main']);
  });
});

describe('pictures to wait for, by the parameter sets', () => {
  it.each([
    [0, ['-bf', '0']],
    [1, ['-bf', '1', '-x264-params', 'nal-hrd=cbr', '-b:v', '300k', '-maxrate', '300k', '-bufsize', '300k']],
    [2, ['-bf', '3', '-x264-params', 'b-pyramid=normal:b-adapt=0', '-aspect', '5:3', '-color_primaries', 'bt709']],
  ])('are %d', async (count, options) => {
    const { path } = await anyFfmpeg();
    const source = ['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=10:d=2', '-pix_fmt', 'yuv420p'];
    const stream = execFileSync(path, [...source, '-c:v', 'libx264', ...options, '-f', 'h264', 'pipe:1']);
    const sps = [...nalUnits('h264', stream)].find(({ type }) => type === 7)?.data ?? Buffer.alloc(0);
    expect(reorderedPictures(sps)).toBe(count);
    // Cut off anywhere, it is not told.
    for (let length = 0; length < 12; length += 1) expect(reorderedPictures(sps.subarray(0, length))).toBeUndefined();
  });
});
