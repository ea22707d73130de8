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
      const asked = newest;
      await phone.start({ profile: 1 });
      const started = newest;
      await until('two seconds of pictures', () => pictures(phone).length > 30);
      subscription.close();

      const units = pictures(phone);
      expect(units[0]?.keyframe).toBe(true);
      expect(h264Demands(annexB(units.slice(0, 1)))).toEqual({ profile: 77, level: 40 });
      const marks = await decodedMarks((await anyFfmpeg()).path, units);
      expect(marks.length).toBe(units.length);
      // 15 pictures a second, numbered from a full ten seconds.
      const numberOf = (time: number) => Math.round(((time % 10_000) * 15) / 1000);
      const first = marks[0]?.picture ?? NaN;
      // From the one before: on a busy machine several come while it starts.
      const since = (picture: number) => (picture - numberOf(asked) + 1 + 150) % 150;
      expect(since(first)).toBeLessThanOrEqual(since(numberOf(started)) + 1);
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
      // Not every one can be read at so few bits.
      const last = (await decodedMarks((await anyFfmpeg()).path, pictures(phone))).slice(-15);
      expect(last.findLast((mark) => mark !== undefined)).toMatchObject({ channel: 1, stream: 'main' });
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

describe('RECONFIGURE of a view that is transcoded', () => {
  /** Sizes of what was shown, by its parameter sets, each once. */
  const sizes = (phone: Phone) =>
    new Set(
      pictures(phone).flatMap(({ nalUnits }) =>
        nalUnits.filter((nal) => (nal.readUInt8(0) & 0x1f) === 7).map((sps) => sps.toString('hex')),
      ),
    ).size;

  /** A camera whose encoders, but for the first, start once they are let: `starts` has their arguments, a line each. */
  async function slowToChange(then = 'exec "$FFMPEG" "$@"') {
    const folder = await mkdtemp(join(tmpdir(), 'reconfigure-'));
    const [path, starts, gate] = ['ffmpeg', 'starts', 'gate'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const real = await anyFfmpeg();
    const script = [
      '#!/bin/sh',
      `FFMPEG='${real.path}'`,
      // That of the sound.
      'case "$*" in *hevc*) ;; *) exec "$FFMPEG" "$@" ;; esac',
      `echo "$@" >> '${starts}'`,
      `[ "$(wc -l < '${starts}')" = 1 ] && exec "$FFMPEG" "$@"`,
      `while [ ! -e '${gate}' ]; do sleep 0.02; done`,
      then,
    ];
    await writeFile(path, script.join('\n'), { mode: 0o700 });
    const logger = recordingLogger();
    const children = new Children();
    const camera = await openCamera({ codec: 'h265' }, { ffmpeg: { ...real, path, children }, logger });
    await camera.client.feed(1, 'main').keyframe();
    const phone = await Phone.open(camera.streaming);
    await phone.prepare();
    await phone.start({ max_bit_rate: 2000 });
    await until('pictures', () => pictures(phone).length > 5);
    return {
      ...{ camera, phone, logger, children },
      open: () => writeFile(gate, ''),
      started: async () => (await readFile(starts, 'utf8')).trim().split('\n'),
      async [Symbol.asyncDispose]() {
        await writeFile(gate, '');
        phone[Symbol.dispose]();
        await camera[Symbol.asyncDispose]();
        await rm(folder, { recursive: true });
      },
    };
  }

  const goOn = async (phone: Phone) => {
    const before = pictures(phone).length;
    await until('pictures go on', () => pictures(phone).length > before + 8);
  };

  it('goes on as it was until the other encoder has a picture, in one sequence of one source', async () => {
    await using view = await slowToChange();
    const { phone, open, started, children } = view;
    await phone.reconfigure({ width: 960, height: 540, max_bit_rate: 250 });
    await until('the other encoder', async () => (await started()).length === 2);
    await goOn(phone);
    expect(sizes(phone)).toBe(1);
    await open();
    await until('the other size', () => sizes(phone) === 2);
    await goOn(phone);
    await until('one encoder, and that of the sound', () => children.running === 2);
    // accessUnits() looks at the sequence numbers.
    expect(Math.min(...steps(pictures(phone).map(({ timestamp }) => timestamp)))).toBeGreaterThan(0);
    expect(new Set(phone.video.packets.map(({ ssrc }) => ssrc)).size).toBe(1);
    expect(await decodedMarks((await anyFfmpeg()).path, pictures(phone))).not.toContain(undefined);
  });

  it('starts one encoder at a time, however often it is asked, and comes to what was asked for last', async () => {
    await using view = await slowToChange();
    const { phone, open, started } = view;
    for (let rate = 300; rate < 400; rate += 1)
      await phone.reconfigure({ width: 960, height: 540, max_bit_rate: rate });
    await phone.reconfigure({ width: 960, height: 540, max_bit_rate: 399 });
    await open();
    await until('the last wish', async () => (await started()).at(-1)?.includes('-b:v 399k'));
    await goOn(phone);
    expect(await started()).toHaveLength(3);
    await phone.reconfigure({ width: 960, height: 540, max_bit_rate: 399 });
    await goOn(phone);
    expect(await started()).toHaveLength(3);
  });

  it('stays as it is where the other encoder comes to nothing', async () => {
    // What it says in its very last moment is lost where a picture is written to it just then.
    await using view = await slowToChange('echo no such encoder >&2; sleep 0.5; exit 1');
    const { phone, open, camera, logger } = view;
    await phone.reconfigure({ width: 960, height: 540, max_bit_rate: 250 });
    await open();
    await until('the line', () => logger.lines.some((line) => /it stays as it is: .*no such encoder/.test(line)));
    await goOn(phone);
    expect(sizes(phone)).toBe(1);
    expect(camera.streaming.live.sessions).toBe(1);
  });
});

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
