import { Type, defineOperation, json, open, status } from './declaration.js';
import { ChannelID, ChannelOrNvrID, epochMilliseconds, flag, maybe, plain, text } from './fields.js';

const types = ['System', 'Configuration', 'Account', 'Alarm', 'Record', 'Storage'] as const;

const description = text('Description', 'What happened.', ['Login', 'Motion Start', 'System Startup']);
const user = text('User', 'Who was logged in at the time.', ['admin']);
const createTime = epochMilliseconds('Time', 'When it happened, UTC.');

export const searchLogs = defineOperation({
  id: 'searchLogs',
  section: '9.25',
  title: 'Search logs',
  description: 'Finds log entries by type and time. The NVR answers 4,000 at most; for more, the driver asks again.',
  domain: 'log',
  method: 'POST',
  path: '/system/searchLogs',
  body: Type.Object({
    type: Type.Enum(['All', ...types], { title: 'Type', description: 'Type of the entries; All: any type.' }),
    startTime: epochMilliseconds('Start', 'Begin of the search, UTC; 0: from the first entry on.'),
    endTime: { ...epochMilliseconds('End', 'End of the search, UTC; 0: until now.'), endOf: 'startTime' },
  }),
  split: { join: 'lists', range: { from: 'startTime', to: 'endTime' }, fullList: 4000, time: 'createTime' },
  reply: json(
    Type.Array(
      Type.Object(
        {
          type: maybe(plain('Type', 'Type of the entry.', [...types])),
          description: maybe(description),
          channel: maybe(ChannelOrNvrID),
          createTime: maybe(createTime),
          user: maybe(user),
          hasRecord: maybe(
            Type.Integer({ title: 'Recorded', description: '1: there is a recording of that time, 0: there is none.' }),
          ),
        },
        open,
      ),
    ),
  ),
  effect: 'read',
});

export const addLogs = defineOperation({
  id: 'addLogs',
  section: '9.26',
  title: 'Add log entries',
  description: "Writes entries into the NVR's log, as if it had made them itself.",
  domain: 'log',
  method: 'POST',
  path: '/system/addLogs',
  body: Type.Array(
    Type.Object({
      type: Type.Enum([...types], { title: 'Type', description: 'Type of the entry.' }),
      description,
      channel: Type.Optional(ChannelID),
      createTime,
      user: Type.Optional(user),
      hasRecord: flag('Recorded', 'Whether there is a recording of that time.'),
    }),
    { title: 'Entries', description: 'The entries to add.' },
  ),
  reply: status,
  effect: 'write',
  guarded: true,
});

export const logOperations = { searchLogs, addLogs } as const;
