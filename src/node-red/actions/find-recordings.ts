import { Type } from 'typebox';
import {
  findEvents as searchEvents,
  findLogs as searchLogs,
  findMetadata as searchMetadata,
  type Found,
  type ListedCamera,
  type LogSearch,
  type Nvr,
  recordedIntervals,
  type StreamName,
} from '../../shared/index.js';
import { gapsOf, limits } from '../../shared/internal.js';
import { ChannelID, ChannelOrNvrID } from '../../shared/sdk/index.js';
import { listedCameras } from '../camera-names.js';
import { kindOf, typeOf } from '../message-names.js';
import type { Action, ActionCall, Parameter } from './action.js';
import { checkParameters } from './checked.js';
import { type Asked, rangeOf, timeParameter } from './times.js';

const cameras: Parameter = {
  name: 'cameras',
  schema: Type.Array(ChannelID, {
    minItems: 1,
    title: 'Cameras',
    description: 'Their numbers or names. Empty: all.',
    examples: [[1, 2]],
  }),
  required: false,
};
const from = timeParameter(
  'from',
  'From',
  'When it begins: yesterday, -2h, 2026-03-01 18:30. In the NVR’s time zone.',
  {
    required: true,
  },
);
const to = timeParameter('to', 'To', 'When it ends. Empty: the end of that day, or now.', { example: 'now' });
const limit: Parameter = {
  name: 'limit',
  schema: Type.Integer({
    minimum: 1,
    maximum: limits.json.joined,
    title: 'Findings at most',
    description: 'The oldest come first; msg.everfocus.complete says whether these are all. Empty: 1000.',
    examples: [1000],
  }),
  required: false,
};
export const stream: Parameter = {
  name: 'stream',
  schema: Type.Enum(['main', 'sub'], { title: 'Stream', description: 'Which recording. Empty: main.' }),
  required: false,
};
const words = (name: string, title: string, description: string, examples: string[][]): Parameter => ({
  name,
  schema: Type.Array(Type.String(), { minItems: 1, title, description, examples }),
  required: false,
});

const shared = { domain: 'recording', effect: 'read', needsConfirmation: false } as const;
const time = (title: string) => Type.Unknown({ title, description: 'A Date.' });
const where = {
  channel: Type.Integer({ title: 'Channel', description: 'Number of the camera; 0 is the NVR itself.' }),
  camera: Type.Optional(Type.String({ title: 'Camera', description: 'Its name.' })),
};
const listOf = (fields: Parameters<typeof Type.Object>[0]) =>
  ({ as: 'json', schema: Type.Array(Type.Object({ ...where, ...fields })) }) as const;

interface Search extends Asked {
  readonly cameras?: readonly number[];
  readonly limit?: number;
}

export const findEvents: Action = {
  ...shared,
  id: 'findEvents',
  section: '4.5',
  title: 'Find events',
  description: 'What happened at the cameras: motion, alarm inputs, … with the recording that goes with each.',
  parameters: [
    from,
    to,
    cameras,
    words('kinds', 'Kinds', 'motion, input, videoLoss, or any type that the NVR writes. Empty: those it records.', [
      ['motion', 'input'],
    ]),
    limit,
  ],
  reply: listOf({
    kind: Type.String({ title: 'Kind', description: 'motion, input, videoLoss, or the type as the NVR writes it.' }),
    type: Type.String({ title: 'Type', description: 'As the NVR writes it.' }),
    from: time('Begin'),
    to: time('End'),
    recordedFrom: time('Begin of its recording'),
    recordedTo: time('End of its recording'),
    bytes: Type.Integer({ title: 'Size', description: 'Of its video.', unit: 'bytes' }),
    comment: Type.String({ title: 'Comment', description: 'The NVR’s own words.' }),
  }),
  async run(client, params, signal, call) {
    const { listed, channels, query } = await prepared(this.parameters, client, params, signal, call);
    const types = (params['kinds'] as readonly string[] | undefined)?.map(typeOf);
    const items = noted(await searchEvents(client, { ...query, channels, types }, { signal }), call);
    const place = placesOf(listed);
    return items.map(({ channel, ...event }) => ({ ...place(channel), kind: kindOf(event.type), ...event }));
  },
};

export const findMetadata: Action = {
  ...shared,
  id: 'findMetadata',
  section: '4.6',
  title: 'Find metadata',
  description: 'What modules of the NVR noted, such as begin and end of recordings by hand.',
  parameters: [
    from,
    to,
    {
      ...cameras,
      schema: Type.Array(ChannelOrNvrID, {
        ...{ minItems: 1, title: 'Cameras', description: 'Their numbers or names; 0 is the NVR itself. Empty: all.' },
        examples: [[0, 1]],
      }),
    },
    words('types', 'Types', 'Types of metadata. Empty: those that the SDK document names.', [
      ['manualStart', 'manualStop'],
    ]),
    limit,
  ],
  reply: listOf({
    type: Type.String({ title: 'Type', description: 'As the NVR writes it.' }),
    time: time('Time'),
    data: Type.Unknown({ title: 'Data', description: 'Text, or an object.' }),
  }),
  async run(client, params, signal, call) {
    const { listed, channels, query } = await prepared(this.parameters, client, params, signal, call);
    const all = params['cameras'] === undefined ? [0, ...channels] : channels;
    const types = params['types'] as readonly string[] | undefined;
    const items = noted(await searchMetadata(client, { ...query, channels: all, types }, { signal }), call);
    const place = placesOf(listed);
    return items.map(({ channel, ...found }) => ({ ...place(channel), ...found }));
  },
};

export const findLogs: Action = {
  ...shared,
  id: 'findLogs',
  section: '9.25',
  title: 'Find log entries',
  description: 'What the NVR wrote into its log: logins, settings, alarms, disks.',
  parameters: [
    from,
    to,
    {
      name: 'type',
      schema: Type.Enum(['All', 'System', 'Configuration', 'Account', 'Alarm', 'Record', 'Storage'], {
        title: 'Type',
        description: 'Empty: all.',
      }),
      required: false,
    },
    limit,
  ],
  reply: listOf({
    type: Type.String({ title: 'Type', description: 'Type of the entry.' }),
    time: time('Time'),
    description: Type.String({ title: 'Description', description: 'What happened.' }),
    user: Type.String({ title: 'User', description: 'Who was logged in.' }),
    recorded: Type.Boolean({ title: 'Recorded', description: 'Whether there is a recording of that time.' }),
  }),
  async run(client, params, signal, call) {
    checkParameters(this.parameters, params);
    const range = await rangeOf(client, params, signal);
    call.note(range);
    const { type, limit } = params as Pick<LogSearch, 'type' | 'limit'>;
    return noted(await searchLogs(client, { ...range, type, limit }, { signal }), call);
  },
};

export const recordMap: Action = {
  ...shared,
  id: 'recordMap',
  section: '5.1, 5.2, 5.3',
  title: 'Recorded times',
  description: 'When cameras were recorded, or when they were not: a list of times without a gap.',
  parameters: [
    from,
    to,
    cameras,
    {
      name: 'show',
      schema: Type.Enum(['recorded', 'gaps'], { title: 'Show', description: 'What is recorded, or what is missing.' }),
      required: false,
    },
    {
      name: 'resolution',
      schema: Type.Enum(['second', 'minute', 'day'], {
        title: 'Exact to',
        description: 'A second takes one request an hour, a minute one a day, a day one in 35. Empty: minute.',
      }),
      required: false,
    },
    stream,
  ],
  reply: listOf({
    from: time('Begin'),
    to: time('End'),
    seconds: Type.Integer({ title: 'Length', description: 'How long it is.', unit: 's' }),
  }),
  async run(client, params, signal, call) {
    const { listed, channels, query } = await prepared(this.parameters, client, params, signal, call);
    const { show, resolution } = params as { show?: 'gaps'; resolution?: 'second' };
    const range = { from: query.from, to: query.to };
    const asked = { channels, stream: (params['stream'] as StreamName | undefined) ?? 'main', resolution, ...range };
    const recorded = await recordedIntervals(client, asked, { signal });
    const byChannel = Map.groupBy(recorded, ({ channel }) => channel);
    const gaps = (channel: number) => gapsOf(byChannel.get(channel) ?? [], channel, range);
    const place = placesOf(listed);
    return (show === 'gaps' ? channels.flatMap(gaps) : recorded).map(({ channel, from, to }) => ({
      ...place(channel),
      ...{ from, to, seconds: Math.round((to.getTime() - from.getTime()) / 1000) },
    }));
  },
};

/** What every search begins with: its cameras, its time, its limit. */
async function prepared(
  parameters: readonly Parameter[],
  client: Nvr,
  params: Record<string, unknown>,
  signal: AbortSignal,
  call: ActionCall,
) {
  checkParameters(parameters, params);
  const { cameras, limit, ...asked } = params as Search;
  const range = await rangeOf(client, asked, signal);
  call.note(range);
  const listed = await listedCameras(client, signal);
  const channels = cameras ?? listed.filter(({ enabled }) => enabled).map(({ channel }) => channel);
  return { listed, channels, query: { ...range, limit } };
}

function noted<Item>({ items, complete }: Found<Item>, call: ActionCall): readonly Item[] {
  call.note({ complete });
  return items;
}

/** Where something was found. */
function placesOf(listed: readonly ListedCamera[]): (channel: number) => { channel: number; camera?: string } {
  const names = new Map(listed.map(({ channel, name }) => [channel, name]));
  return (channel) => {
    const name = names.get(channel);
    return { channel, ...(name && { camera: name }) };
  };
}
