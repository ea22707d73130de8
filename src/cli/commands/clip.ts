import { Type } from 'typebox';
import { downloadClip, saveClip, saveClipAsMp4, silentLogger } from '../../shared/index.js';
import { findFfmpeg } from '../../shared/ffmpeg/index.js';
import { stat } from 'node:fs/promises';
import { channelOption, type Command, streamOption } from '../command.js';
import type { Given } from '../given.js';
import { EXIT, Failure } from '../failure.js';
import { showTime } from '../../shared/internal.js';
import { nowAtNvr } from '../nvr-time.js';

const MiB = 1024 * 1024;

export const clip: Command = {
  name: 'clip',
  summary: 'Save recorded video of a range of time (AVI or MP4)',
  description: [
    'AVI is what the NVR makes. MP4 needs ffmpeg on this machine: video as it is, sound as AAC. The NVR may begin at the ' +
      'keyframe before. How long ago is by the clock of the NVR, which dates what it records.',
  ],
  options: {
    from: { type: 'time', description: 'Begin: a date, or how long ago, such as 10m.' },
    to: { type: 'time', description: 'End.', otherwise: '--seconds after the begin' },
    seconds: { type: 'number', value: 's', minimum: 1, maximum: 86_400, description: 'Length.', otherwise: '60' },
    channel: channelOption,
    stream: streamOption,
    output: {
      value: 'file',
      short: 'o',
      description: 'Where it goes; its ending says the format. "-" is stdout (AVI).',
    },
    ffmpeg: { value: 'path', description: 'The ffmpeg to use.', otherwise: 'the one that is found' },
  },
  connects: true,
  answers: {
    '': Type.Object({
      file: Type.String(),
      channel: Type.Integer(),
      stream: Type.Enum(['main', 'sub']),
      from: Type.String(),
      to: Type.String(),
      bytes: Type.Integer(),
    }),
  },
  examples: [
    ['everfocus clip --from 10m -o gate.mp4', 'a minute that began ten minutes ago'],
    ['everfocus clip -c 2 --from "2026-03-01 18:30" --to "2026-03-01 18:35" -o night.avi', 'five minutes of a night'],
    ['everfocus clip --from 1h -o - | ffplay -', 'plays it'],
  ],
  async run(context) {
    const { given, out, signal, clock, connect } = context;
    // What cannot be is told before anybody is connected to.
    rangeOf(given, clock.wall());
    const path = given.text('output') ?? (out.isTerminal || out.json ? undefined : '-');
    if (path === undefined) throw new Failure('USAGE', 'clip: say by --output where it goes');
    if (path !== '-' && !/\.(avi|mp4)$/i.test(path))
      throw new Failure('USAGE', 'clip: the file must end in .avi or .mp4');
    const client = await connect();
    const { from, to } = rangeOf(given, await nowAtNvr(client, context));
    const query = {
      channel: given.number('channel') ?? 1,
      stream: given.text('stream') === 'sub' ? 'sub' : 'main',
      from,
      to,
    } as const;
    const told = (bytes: number) => out.progress(`${(bytes / MiB).toFixed(1)} MiB`);
    if (path === '-') {
      for await (const chunk of (await downloadClip(client, query, { signal })) as AsyncIterable<Buffer>)
        await out.bytes(chunk, signal);
      return EXIT.ok;
    }
    if (/\.avi$/i.test(path)) await saveClip(client, query, path, { signal, progress: told });
    else {
      out.progress('fetching and converting …');
      const ffmpeg = given.text('ffmpeg') ?? (await findFfmpeg({ logger: silentLogger })).path;
      if (ffmpeg === '') throw new Failure('NOT_INSTALLED', 'MP4 needs ffmpeg: install it, or save as .avi');
      await saveClipAsMp4(client, query, path, { ffmpeg, signal, progress: told });
    }
    const { size } = await stat(path);
    if (out.json) out.document({ file: path, channel: query.channel, stream: query.stream, from, to, bytes: size });
    else
      out.line(
        `${path}: camera ${query.channel} from ${showTime(from)} to ${showTime(to)}, ${Math.ceil(size / 1024)} KiB`,
      );
    return EXIT.ok;
  },
};

/** @param now ms since 1970 @throws {@link Failure} `USAGE` */
function rangeOf(given: Given, now: number): { readonly from: Date; readonly to: Date } {
  const from = given.time('from', now);
  if (!from) throw new Failure('USAGE', 'clip: --from is missing');
  const to = given.time('to', now) ?? new Date(from.getTime() + (given.number('seconds') ?? 60) * 1000);
  return { from, to };
}
