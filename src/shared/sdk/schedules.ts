import type { Static } from 'typebox';
import { Type, defineOperation, json, open, type ParameterProblem, status } from './declaration.js';
import { DAYS } from './days.js';
import { ChannelID, maybe } from './fields.js';

const groups = ['Record', 'Snapshot', 'Email', 'FTP'] as const;

/** The groups in which these entries must stand; Motion and InputAlarm must in every one (6.1). */
const GROUPS_WITH = {
  Normal: ['Record', 'Snapshot', 'FTP'],
  Intellegent: ['Record', 'Email', 'FTP'],
} as const;

const Group = Type.Enum(groups, {
  title: 'Group',
  description: 'What the schedule is for: recordings, snapshots, mails or uploads to the FTP server.',
});

const GroupOrAlarm = Type.Enum([...groups, 'Alarm'], {
  title: 'Group',
  description: 'What the schedule is for: recordings, snapshots, mails, uploads to the FTP server, or alarms.',
});

const never = '-'.repeat(48);
const always = '+'.repeat(48);

const ScheduleMap = Type.Array(Type.String({ pattern: '^[-+]{48}$', harmless: true }), {
  minItems: 7,
  maxItems: 7,
  title: 'Map',
  description: 'Seven days, Sunday first, of 48 half-hours each: + is scheduled, - is not.',
  itemNames: DAYS,
  examples: [[never, never, never, never, never, `${'+'.repeat(21)}-${'+'.repeat(26)}`, always]],
});

function entry(title: string, description: string, groups?: readonly string[]) {
  const neededWith = groups && { neededWith: { GroupID: groups } };
  return Type.Object({ Map: ScheduleMap }, { title, description, ...neededWith });
}

const Normal = entry(
  'Normal',
  'When to act without any event. Part of the groups Record, Snapshot and FTP.',
  GROUPS_WITH.Normal,
);
const Motion = entry('Motion', 'When to act on motion. Part of every group but Alarm.');
const InputAlarm = entry('Input alarm', 'When to act on an alarm input. Part of every group but Alarm.');
const Intellegent = entry(
  'Intelligent',
  "When to act on what the cameras' analytics find. Part of the groups Record, Email and FTP.",
  GROUPS_WITH.Intellegent,
);
const Alarm = entry('Alarm', 'When to raise alarms. Part of the group Alarm.');
const FtpUpload = entry('FTP upload', 'When to upload on alarms. Part of the group Alarm.');

const Schedules = Type.Object(
  { Normal: maybe(Normal), Motion, InputAlarm, Intellegent: maybe(Intellegent) },
  { title: 'Schedules', description: 'All the entries that the group needs.' },
);

const reported = {
  Normal: maybe(Normal),
  Motion: maybe(Motion),
  InputAlarm: maybe(InputAlarm),
  Intellegent: maybe(Intellegent),
};

export const setScheduleByGroup = defineOperation({
  id: 'setScheduleByGroup',
  section: '6.1',
  title: 'Set the schedule of a channel',
  description: 'Sets the weekly schedule of one channel and group: all the entries that the group needs, at once.',
  domain: 'schedule',
  method: 'POST',
  path: '/schedule/setScheduleByGroup',
  query: Type.Object({ ChannelID, GroupID: Group }),
  body: Schedules,
  check: ({ GroupID, ...entries }: Entries & { readonly GroupID: string }) => misfit(GroupID, entries, ''),
  reply: status,
  readBack: () => ({ by: getSchedulesByGroup }),
  settings: () => ({
    change: 'Changes the weekly schedule of one channel and group; what is left out stays.',
    by: getSchedulesByGroup,
    words: 'record schedule, week, timer, night, snapshot, e-mail, FTP',
  }),
  effect: 'write',
});

const ChannelSchedules = Type.Object({ channel: ChannelID, group: Group, schedules: Schedules });

export const setScheduleByGroupMultiChannels = defineOperation({
  id: 'setScheduleByGroupMultiChannels',
  section: '6.2',
  title: 'Set the schedules of several channels',
  description:
    'Sets the weekly schedules of several channels and groups at once. The document has no way to set the group Alarm.',
  domain: 'schedule',
  method: 'POST',
  path: '/schedule/setScheduleByGroupMultiChannels',
  body: Type.Array(ChannelSchedules, {
    minItems: 1,
    title: 'Schedules',
    description: 'One item for each channel and group.',
  }),
  check: ({ body }: { readonly body: readonly Static<typeof ChannelSchedules>[] }) =>
    body
      .map(({ group, schedules }, index) => misfit(group, schedules, `body/${index}/schedules/`))
      .find((problem) => problem !== undefined),
  reply: status,
  readBack: () => ({
    by: getSchedulesByGroupMultiChannels,
    // One group at a time can be asked for, of several channels.
    asks: ({ body }: { readonly body: readonly Static<typeof ChannelSchedules>[] }) =>
      groups
        .map((group) => ({ group, items: body.filter((item) => item.group === group) }))
        .filter(({ items }) => items.length > 0)
        .map(({ group, items }) => ({
          params: { ChannelID: [...new Set(items.map(({ channel }) => channel))], GroupID: group },
          holds: items.map(({ channel, schedules }) => ({ channel, schedules })),
        })),
  }),
  settings: () => ({
    by: getSchedulesByGroupMultiChannels,
    repeats: ['channel', 'group'],
    words: 'record schedule, week, timer, night',
  }),
  effect: 'write',
});

export const getSchedulesByGroup = defineOperation({
  id: 'getSchedulesByGroup',
  section: '6.3',
  title: 'Get the schedule of a channel',
  description: 'Reads the weekly schedule of one channel and group.',
  domain: 'schedule',
  method: 'GET',
  path: '/schedule/getSchedulesByGroup',
  query: Type.Object({ ChannelID, GroupID: Group }),
  reply: json(Type.Object(reported, open)),
  effect: 'read',
});

export const getSchedulesByGroupMultiChannels = defineOperation({
  id: 'getSchedulesByGroupMultiChannels',
  section: '6.4',
  title: 'Get the schedules of several channels',
  description: 'Reads the weekly schedules of several channels for one group.',
  domain: 'schedule',
  method: 'GET',
  path: '/schedule/getSchedulesByGroupMultiChannels',
  query: Type.Object({
    ChannelID: Type.Array(ChannelID, {
      minItems: 1,
      title: 'Channels',
      description: 'Numbers of the cameras on the NVR, from 1.',
      picks: 'channel',
      examples: [[1, 2]],
    }),
    GroupID: GroupOrAlarm,
  }),
  reply: json(
    Type.Array(
      Type.Object(
        {
          channel: ChannelID,
          group: maybe(GroupOrAlarm),
          schedules: Type.Object(
            { ...reported, Alarm: maybe(Alarm), FtpUpload: maybe(FtpUpload) },
            { ...open, title: 'Schedules', description: 'The entries that the group has.', default: {} },
          ),
        },
        open,
      ),
    ),
  ),
  effect: 'read',
});

export const scheduleOperations = {
  setScheduleByGroup,
  setScheduleByGroupMultiChannels,
  getSchedulesByGroup,
  getSchedulesByGroupMultiChannels,
} as const;

type Entries = Readonly<Record<string, unknown>>;

/** An entry that the group needs and lacks. The document forbids no others, and a device may tell them, too. */
function misfit(group: string, entries: Entries, path: string): ParameterProblem | undefined {
  const needed = Object.entries<readonly string[]>(GROUPS_WITH).filter(([, groups]) => groups.includes(group));
  const lacking = needed.find(([name]) => entries[name] === undefined);
  return lacking && { path: path + lacking[0], problem: `is required for group ${group}` };
}
