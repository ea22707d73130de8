import { Type } from 'typebox';
import { abortable, type Frame, type LiveFeed } from '../../shared/index.js';
import { channelOption, type Command, countOption, forOption, streamOption } from '../command.js';
import { sayingWhichCameras } from '../camera-missing.js';
import { EXIT, Failure } from '../failure.js';
import { Player } from '../player.js';
import { firstContact, whileWanted } from '../until.js';

/** Frames that wait while the reader is slow; then it goes on with a keyframe. */
const QUEUE = 300;

export const live: Command = {
  name: 'live',
  summary: 'Show live video, or hand it to the next program',
  description: [
    'The elementary stream as it comes, H.264 or H.265 (Annex B), beginning with a keyframe; or the sound, G.711 µ-law at 8 kHz. ' +
      'With --json one line about each frame instead, and with --play nothing: ffplay, which ffmpeg brings, shows it.',
  ],
  options: {
    channel: channelOption,
    stream: streamOption,
    sound: { type: 'flag', description: 'The sound instead of the pictures.' },
    play: { type: 'flag', description: 'Show it in a window, until that is closed.' },
    count: { ...countOption, description: 'End after so many frames.' },
    seconds: forOption,
  },
  connects: true,
  answers: {
    '': Type.Union([
      Type.Object({
        time: Type.String(),
        kind: Type.Literal('video'),
        codec: Type.Enum(['h264', 'h265']),
        keyframe: Type.Boolean(),
        width: Type.Integer(),
        height: Type.Integer(),
        bytes: Type.Integer(),
      }),
      Type.Object({
        time: Type.String(),
        kind: Type.Literal('audio'),
        codec: Type.Literal('pcmu'),
        bytes: Type.Integer(),
      }),
    ]),
  },
  lines: true,
  examples: [
    ['everfocus live -c 2 --play', 'watches camera 2'],
    ['everfocus live --seconds 10 > gate.h264', 'records ten seconds'],
    ['everfocus live --sound --play', 'listens'],
    ['everfocus live --json --count 30', 'tells size, codec and time of thirty frames'],
  ],
  async run(context) {
    const { given, out, connect, env } = context;
    const isPlayed = given.flag('play');
    if (isPlayed && out.json) throw new Failure('USAGE', 'live: --play or --json, one of the two');
    if (out.isTerminal && !out.json && !isPlayed)
      throw new Failure(
        'USAGE',
        'live: bytes would upset the terminal: --play, or hand them to a program or into a file',
      );
    const client = await connect();
    await firstContact(client, context);
    const wanted = given.flag('sound') ? 'audio' : 'video';
    const stream = given.text('stream') === 'sub' ? 'sub' : 'main';
    let left = given.number('count') ?? Infinity;
    const channel = given.number('channel') ?? 1;
    const feed = client.feed(channel, stream);
    await whileWanted(context, given.number('seconds'), async (signal) => {
      const first = await sayingWhichCameras(client, channel, signal, firstFrame(feed, wanted, signal));
      const handOn = async (to: (data: Buffer) => Promise<void>) => {
        for await (const frame of feed.frames({ signal, queue: QUEUE })) {
          if (!out.json && frame.kind !== wanted) continue;
          const { data, timestamp, ...about } = frame;
          if (out.json) out.record({ time: new Date(timestamp).toISOString(), ...about, bytes: data.length });
          else await to(data);
          if (--left <= 0) break;
        }
      };
      if (!isPlayed) return handOn((data) => out.bytes(data, signal));
      await using player = new Player(formatOf(first, wanted), `camera ${channel}`, env);
      return await Promise.race([handOn((data) => player.show(data, signal)), player.closed]);
    });
    return EXIT.ok;
  },
};

/**
 * Waits until the feed shows that it has what is wanted: pictures, or anything where sound is. A camera that has no such
 * stream ends the program; a connection that is lost later comes back by itself.
 *
 * @throws what keeps the feed from being opened; the signal's reason
 */
async function firstFrame(feed: LiveFeed, wanted: Frame['kind'], signal: AbortSignal): Promise<Frame> {
  const { promise, resolve, reject } = Promise.withResolvers<Frame>();
  const subscription = feed.subscribe({
    frame: (frame) => {
      if (wanted === 'audio' || (frame.kind === 'video' && frame.keyframe)) resolve(frame);
    },
    interrupted: (error) => {
      if (error) reject(error);
    },
  });
  try {
    return await abortable(promise, signal);
  } finally {
    subscription.close();
  }
}

/** What ffplay has to know of it. */
function formatOf(first: Frame, wanted: Frame['kind']): readonly string[] {
  if (wanted === 'audio' || first.kind === 'audio') return ['-f', 'mulaw', '-sample_rate', '8000'];
  return ['-f', first.codec === 'h265' ? 'hevc' : 'h264'];
}
