import { Type } from 'typebox';
import {
  type ChannelStatus,
  type ConnectionChange,
  endsConnection,
  type Hook,
  type NvrEvent,
  type NvrException,
  type NvrMessage,
  type NvrMetadata,
  type Nvr,
} from '../../shared/index.js';
import { isPassword } from '../../shared/internal.js';
import { channelOption, type Command, type Context, countOption, forOption } from '../command.js';
import { EXIT } from '../failure.js';
import { clean } from '../output.js';
import { showTime } from '../../shared/internal.js';
import { firstContact, whileWanted } from '../until.js';

type Message = NvrEvent | NvrMetadata | NvrException | NvrMessage | readonly ChannelStatus[];

/** Messages that wait while the output is slow. */
const QUEUE = 1000;

/** What can be watched: its hook, and how a person reads a message of it. */
const subjects = {
  events: {
    hook: ({ events }: Nvr) => events,
    words: ({ channel, type, state }: NvrEvent) => [where(channel), type, state],
  },
  metadata: {
    hook: ({ metadata }: Nvr) => metadata,
    words: ({ channel, type, data }: NvrMetadata) => [where(channel), type, data],
  },
  status: { hook: ({ cameraStatus }: Nvr) => cameraStatus, words: () => [] },
  exceptions: {
    hook: ({ exceptions }: Nvr) => exceptions,
    words: ({ exception, target }: NvrException) => [exception, target],
  },
  messages: {
    hook: ({ messages }: Nvr) => messages,
    words: (notice: NvrMessage) => [
      notice.message,
      'channel' in notice ? where(notice.channel) : '',
      withoutPasswords(notice.content),
    ],
  },
} as const;
type Subject = keyof typeof subjects;

/** Of this machine, ISO 8601. */
const heard = { time: Type.String() };

export const watch: Command = {
  name: 'watch',
  summary: 'Show what the NVR reports as it happens',
  description: [
    'One line a message, until Ctrl-C. A lost connection is made anew. `status` shows changes only; with --json every message.',
    'Messages may hold passwords in plain text: people are not shown them, programs are.',
  ],
  operands: [{ name: 'what', description: 'What to watch.', choices: Object.keys(subjects) }],
  options: {
    channel: { ...channelOption, minimum: 0, description: 'Only this channel; 0 is the NVR itself.', otherwise: 'all' },
    type: {
      value: 'name',
      short: 't',
      description: 'Only events or metadata of this type, such as Motion.',
      otherwise: 'all',
    },
    count: countOption,
    seconds: forOption,
  },
  connects: true,
  answers: {
    events: Type.Object({
      ...heard,
      channel: Type.Integer(),
      type: Type.String(),
      state: Type.Enum(['active', 'inactive', 'once']),
    }),
    metadata: Type.Object({ ...heard, channel: Type.Integer(), type: Type.String(), data: Type.String() }),
    status: Type.Array(
      Type.Object({
        channel: Type.Integer(),
        online: Type.Optional(Type.Boolean()),
        recording: Type.Optional(Type.Boolean()),
        event: Type.Optional(Type.Boolean()),
      }),
    ),
    exceptions: Type.Object({
      ...heard,
      nvrTime: Type.Optional(Type.String()),
      exception: Type.String(),
      target: Type.Optional(Type.String()),
    }),
    messages: Type.Object({
      ...heard,
      nvrTime: Type.Optional(Type.String()),
      message: Type.String(),
      channel: Type.Optional(Type.Integer()),
      content: Type.Unknown(),
    }),
  },
  lines: true,
  examples: [
    ['everfocus watch events', 'shows motion, alarms, …'],
    ['everfocus watch events -c 2 -t Motion --count 1 && notify-send Motion', 'waits for motion at camera 2'],
    ['everfocus watch status --json', 'the status of all cameras every second, a line each'],
  ],
  async run(context) {
    const { given, out, connect, clock } = context;
    const client = await connect();
    await firstContact(client, context);
    const subject = given.operand(0) as Subject;
    const { hook, words } = subjects[subject];
    const only = given.number('channel');
    let left = given.number('count') ?? Infinity;
    const changes = statusChanges();
    await whileWanted(context, given.number('seconds'), async (signal) => {
      const stream = (hook(client) as Hook<Message>).stream({ queue: QUEUE, connection: true, signal });
      for await (const message of stream) {
        if (isConnection(message)) tellConnection(message, context);
        else if (isStatuses(message)) {
          const statuses = message.filter(({ channel }) => only === undefined || channel === only);
          const lines = out.json ? [] : changes(statuses);
          for (const line of lines) row(context, line);
          if (out.json) out.record(statuses);
          left -= out.json ? 1 : lines.length;
        } else if (isWanted(message, context)) {
          if (out.json) out.record(recordOf(message, clock.wall()));
          else row(context, (words as (message: Message) => readonly unknown[])(message));
          left -= 1;
        }
        if (left <= 0) break;
        // Whoever reads slowly, or has stopped to look, loses the oldest messages; they do not fill the memory.
        await out.room(signal);
      }
    });
    return EXIT.ok;
  },
};

/** A message for programs. Some tell when they were sent, by the clock of the NVR. @param heard ms since 1970 UTC */
export function recordOf(message: Exclude<Message, readonly ChannelStatus[]>, heard: number): object {
  const { time: sent, ...said } = 'time' in message ? message : { ...message, time: undefined };
  const at = new Date(sent ?? NaN);
  // A number may be beyond all dates.
  const nvrTime = Number.isNaN(at.getTime()) ? {} : { nvrTime: at.toISOString() };
  return { time: new Date(heard).toISOString(), ...nvrTime, ...said };
}

function row({ out, clock }: Context, words: readonly unknown[]): void {
  const [first, second, ...others] = words.map(clean);
  const time = out.style('dim', showTime(new Date(clock.wall())));
  out.line([time, (first ?? '').padEnd(10), (second ?? '').padEnd(14), ...others].join('  ').trimEnd());
}

/** @throws the error where it will not come again by itself */
function tellConnection({ connected, error }: ConnectionChange, { out }: Context): void {
  if (endsConnection(error)) throw error;
  if (connected) return;
  out.note(
    out.json
      ? JSON.stringify({ connected: false, ...(error && { code: error.code }) })
      : `connection lost${error ? `: ${error.message}` : ''}; it is made anew`,
  );
}

function isConnection(message: Message | ConnectionChange): message is ConnectionChange {
  return 'connected' in message && !Array.isArray(message);
}

function isStatuses(message: Message): message is readonly ChannelStatus[] {
  return Array.isArray(message);
}

function isWanted(message: Message, { given }: Context): boolean {
  const channel = given.number('channel');
  const type = given.text('type');
  return (
    (channel === undefined || ('channel' in message && message.channel === channel)) &&
    (type === undefined || ('type' in message && message.type.toLowerCase() === type.toLowerCase()))
  );
}

/** Remembers what was, and tells what changed, a line a camera. */
function statusChanges(): (statuses: readonly ChannelStatus[]) => readonly (readonly string[])[] {
  const known = new Map<number, string>();
  return (statuses) =>
    statuses.flatMap(({ channel, online, recording, event }) => {
      const words = [
        online === false ? 'off line' : 'on line',
        recording === true ? 'recording' : '',
        event === true ? 'event' : '',
      ].filter((word) => word !== '');
      const text = words.join(', ');
      if (known.get(channel) === text) return [];
      known.set(channel, text);
      return [[where(channel), text]];
    });
}

function where(channel: number): string {
  return channel === 0 ? 'NVR' : `camera ${channel}`;
}

function withoutPasswords(content: unknown): string {
  return JSON.stringify(content, (name, value: unknown) => (isPassword(name) && value !== '' ? '***' : value));
}
