import { Type } from 'typebox';
import { operations, type RecordedInterval, recordedIntervals } from '../../shared/index.js';
import { channelOption, type Command, streamOption } from '../command.js';
import { EXIT } from '../failure.js';
import type { Output } from '../output.js';
import { showTime } from '../../shared/internal.js';
import { nowAtNvr } from '../nvr-time.js';
import type { Given } from '../given.js';

const DAY = 86_400_000;
/** ms; a longer range is read by day, of which one request holds 35. */
const BY_MINUTE = 7 * DAY;
/** How full a cell is. */
const SHADES = ['·', '░', '▒', '▓', '█'] as const;

export const map: Command = {
  name: 'map',
  summary: 'Draw what is recorded',
  description: [
    'A line a camera; █ is recorded throughout, ░, ▒ and ▓ in part, · not at all. More than seven days are read by day. ' +
      'How long ago is by the clock of the NVR, which dates what it records.',
  ],
  options: {
    from: { type: 'time', description: 'Begin.', otherwise: '24h' },
    to: { type: 'time', description: 'End.', otherwise: 'now' },
    channel: { ...channelOption, description: 'Only this camera.', otherwise: 'all' },
    stream: streamOption,
  },
  connects: true,
  answers: {
    '': Type.Array(Type.Object({ channel: Type.Integer(), from: Type.String(), to: Type.String() })),
  },
  examples: [
    ['everfocus map', 'the last 24 hours'],
    ['everfocus map --from 30d', 'the last month'],
    ['everfocus map -c 2 --from 2h --json', 'the intervals of one camera, for programs'],
  ],
  async run(context) {
    const { given, out, signal, clock, connect } = context;
    // What cannot be is told before anybody is connected to.
    rangeOf(given, clock.wall());
    const stream = given.text('stream') === 'sub' ? 'sub' : 'main';
    const client = await connect();
    const { from, to } = rangeOf(given, await nowAtNvr(client, context));
    const only = given.number('channel');
    const cameras = await client.call(operations.cameraList, {}, { signal });
    const channels =
      only === undefined ? cameras.map(({ ChannelID }) => ChannelID).sort((one, other) => one - other) : [only];
    const resolution = to.getTime() - from.getTime() > BY_MINUTE ? 'day' : 'minute';
    out.progress('reading the record maps …');
    const recorded =
      channels.length === 0
        ? []
        : await recordedIntervals(client, { channels, stream, from, to, resolution }, { signal });
    if (out.json) out.document(recorded);
    else draw(out, channels, recorded, { from: from.getTime(), to: to.getTime() });
    return EXIT.ok;
  },
};

/** @param now ms since 1970 @throws {@link Failure} `USAGE` */
function rangeOf(given: Given, now: number): { readonly from: Date; readonly to: Date } {
  const to = given.time('to', now) ?? new Date(now);
  return { from: given.time('from', now) ?? new Date(to.getTime() - DAY), to };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function draw(out: Output, channels: readonly number[], recorded: readonly RecordedInterval[], range: Range): void {
  const head = 12;
  const cells = Math.max(10, Math.min(out.width, 132) - head - 6);
  const [begin, end] = [showTime(new Date(range.from)), showTime(new Date(range.to))];
  out.line(
    out.style('dim', `${' '.repeat(head)}${begin.slice(0, -3)}${end.slice(0, -3).padStart(Math.max(0, cells - 16))}`),
  );
  const byChannel = Map.groupBy(recorded, ({ channel }) => channel);
  for (const channel of channels) {
    const own = byChannel.get(channel) ?? [];
    const shares = sharesOf(own, range, cells);
    const all = sharesOf(own, range, 1)[0] ?? 0;
    out.line(
      `${`camera ${channel}`.padEnd(head)}${out.style('good', shares.map(shade).join(''))} ${String(Math.floor(100 * all)).padStart(3)} %`,
    );
  }
}

/** How much of each of so many equal parts is recorded, 0 to 1. */
export function sharesOf(
  recorded: readonly Pick<RecordedInterval, 'from' | 'to'>[],
  { from, to }: Range,
  parts: number,
): number[] {
  const length = (to - from) / parts;
  const covered = new Array<number>(parts).fill(0);
  for (const one of recorded) {
    const [first, last] = [Math.max(from, one.from.getTime()), Math.min(to, one.to.getTime())];
    // Only the parts that it touches: there may be very many of them.
    for (let part = Math.floor((first - from) / length); part < parts; part += 1) {
      const [begin, end] = [from + part * length, from + (part + 1) * length];
      if (begin >= last) break;
      covered[part] = (covered[part] ?? 0) + Math.max(0, Math.min(end, last) - Math.max(begin, first));
    }
  }
  return covered.map((sum) => Math.min(1, sum / length));
}

/** Neither a little nor a gap disappears. */
function shade(share: number): string {
  if (share <= 0) return SHADES[0];
  return share > 0.999 ? SHADES[4] : (SHADES[Math.min(3, 1 + Math.floor(share * 3))] ?? SHADES[1]);
}
