import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { h264Demands } from '../../../src/shared/codec/sps.js';
import { Children } from '../../../src/shared/ffmpeg/index.js';
import { limits } from '../../../src/shared/limits.js';
import { annexB } from '../../support/hap/h264-depacketizer.js';
import { until } from '../../support/until.js';
import { ScriptedFeed } from '../recording/scripted-feed.js';
import { allFfmpegs, anyFfmpeg, openCamera, recordingLogger } from './camera.js';
import { Phone } from './phone.js';
import { accessUnits, decodedMarks, steps } from './pictures.js';

const pictures = (phone: Phone) => accessUnits(phone.video.packets);

describe.each((await allFfmpegs()).map((ffmpeg) => [ffmpeg.version, ffmpeg] as const))(
  'with ffmpeg %s',
  (_, ffmpeg) => {
    it('H.265 becomes H.264 of the profile asked for, from the newest picture on, with the times of the NVR', async () => {
      await using camera = await openCamera({ codec: 'h265' }, { ffmpeg });
      let newest = 0;
      let frames = 0;
      const subscription = camera.client.feed(1, 'main').subscribe({
        frame(frame) {
          if (frame.kind !== 'video') return;
          newest = frame.timestamp;
          frames += 1;
        },
      });
      await until('a group of pictures', () => frames > 10);
      using phone = await Phone.open(camera.streaming);
      await phone.prepare();
      await phone.start({ profile: 1 });
      const atStart = newest;
      await until('two seconds of pictures', () => pictures(phone).length > 30);
      subscription.close();

      const units = pictures(phone);
      expect(units[0]?.keyframe).toBe(true);
      expect(h264Demands(annexB(units.slice(0, 1)))).toEqual({ profile: 77, level: 40 });
      const marks = decodedMarks((await anyFfmpeg()).path, units);
      expect(marks.length).toBe(units.length);
      // 15 pictures a second, numbered from a full ten seconds.
      const pictureAtStart = Math.round(((atStart % 10_000) * 15) / 1000);
      const first = marks[0]?.picture ?? NaN;
      expect(Math.min((first - pictureAtStart + 150) % 150, (pictureAtStart - first + 150) % 150)).toBeLessThanOrEqual(
        1,
      );
      expect(marks.map((mark) => mark?.picture)).toEqual(marks.map((_mark, index) => (first + index) % 150));
      const times = steps(units.map(({ timestamp }) => timestamp));
      expect(Math.min(...times)).toBeGreaterThanOrEqual(5940);
      expect(Math.max(...times)).toBeLessThanOrEqual(6030);
    });

    it('RECONFIGURE sets the encoder anew', async () => {
      await using camera = await openCamera({ codec: 'h265' }, { ffmpeg });
      await camera.client.feed(1, 'main').keyframe();
      using phone = await Phone.open(camera.streaming);
      await phone.prepare();
      await phone.start({ max_bit_rate: 2000 });
      await until('pictures', () => pictures(phone).length > 10);
      const before = pictures(phone).length;
      await phone.reconfigure({ width: 960, height: 540, max_bit_rate: 250 });
      await until('more pictures', () => pictures(phone).length > before + 40);
      const sizes = pictures(phone).flatMap(({ nalUnits }) =>
        nalUnits.filter((nal) => (nal.readUInt8(0) & 0x1f) === 7),
      );
      expect(new Set(sizes.map((sps) => sps.toString('hex'))).size).toBe(2);
      expect(decodedMarks((await anyFfmpeg()).path, pictures(phone)).at(-1)).toMatchObject({
        channel: 1,
        stream: 'main',
      });
      await camera.streaming.close();
      await until('no child process is left', () => !process.getActiveResourcesInfo().includes('ProcessWrap'), 1000);
    });

    it('sound is Opus', async () => {
      await using camera = await openCamera({}, { ffmpeg });
      using phone = await Phone.open(camera.streaming);
      await phone.prepare();
      await phone.start();
      await until('sound', () => phone.audio.packets.length > 20);
      expect(new Set(steps(phone.audio.packets.map(({ timestamp }) => timestamp)))).toEqual(new Set([480]));
    });
  },
);

describe('H.265 that cannot be transcoded', () => {
  it('ends the stream with the reason', async () => {
    const logger = recordingLogger();
    const ffmpeg = { ...(await anyFfmpeg()), encoders: new Set(['libopus']) };
    await using camera = await openCamera({ codec: 'h265' }, { ffmpeg, logger });
    const ended: string[] = [];
    camera.streaming.controller = { forceStopStreamingSession: (id) => void ended.push(id) };
    using phone = await Phone.open(camera.streaming);
    await phone.prepare();
    await phone.start();
    await until('the end', () => ended.includes(phone.sessionID));
    expect(logger.lines).toContainEqual(expect.stringContaining('H.265'));
    expect(phone.video.packets).toEqual([]);
  });
});

describe('a codec that flaps', () => {
  it('starts as many processes as one camera may, then ends the view with a line in the log', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'flapping-'));
    // It takes whatever comes and gives nothing: what counts here is how often it is started.
    const [path, starts] = [join(folder, 'ffmpeg'), join(folder, 'starts')];
    await writeFile(path, `#!/bin/sh\necho >> '${starts}'\nexec cat > /dev/null\n`, { mode: 0o700 });
    await writeFile(starts, '');
    const started = async () => (await readFile(starts)).length;
    const children = new Children();
    const begin = performance.now();
    const logger = recordingLogger();
    const scripted = await ScriptedFeed.open();
    scripted.sound = false;
    await using camera = await openCamera({}, { ffmpeg: { ...(await anyFfmpeg()), path, children }, logger });
    camera.client.feed = () => scripted.feed;
    using phone = await Phone.open(camera.streaming);
    await phone.prepare();
    await phone.start();
    const flaps = 4 * limits.videoChild.startsOfOne;
    for (let flap = 0; flap < flaps; flap += 1) {
      const before = children.running + (await started());
      await scripted.show(1, 'main', flap % 2 === 0 ? 'h265' : 'h264');
      scripted.play(2);
      expect(children.running).toBeLessThanOrEqual(before + 1);
    }
    await until('the end', () => camera.streaming.live.sessions === 0);
    await until('no process is left', () => children.running === 0);
    // So many at once, and as many a minute.
    const minutes = (performance.now() - begin) / 60_000;
    expect(await started()).toBeLessThanOrEqual(limits.videoChild.startsOfOne * (1 + minutes) + 1);
    expect(logger.lines.filter((line) => line.includes('live view ended'))).toEqual([
      expect.stringContaining('too many processes were started within a minute'),
    ]);
    await rm(folder, { recursive: true });
  });
});
