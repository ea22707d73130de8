import { Type, defineOperation, status } from './declaration.js';
import { ChannelID } from './fields.js';

function command(what: string) {
  return Type.Enum(['start', 'stop'], { title: 'Command', description: `Begin or end of the ${what}.` });
}

export const manualRecord = defineOperation({
  id: 'manualRecord',
  section: '9.27',
  title: 'Record manually',
  description:
    'Starts or stops recording a channel by hand. Begin and end are kept as the meta data manualStart and manualStop.',
  domain: 'recording',
  method: 'POST',
  path: '/record/manualRecord',
  body: Type.Object({ channel: ChannelID, command: command('manual record') }),
  reply: status,
  effect: 'write',
});

export const manualAlarm = defineOperation({
  id: 'manualAlarm',
  section: '9.28',
  title: 'Raise an alarm manually',
  description:
    'Starts or stops an alarm by hand. Begin and end are kept as the meta data manualAlarmStart and manualAlarmStop.',
  domain: 'alarm',
  method: 'POST',
  path: '/record/manualAlarm',
  body: Type.Object({ channel: ChannelID, command: command('manual alarm') }),
  reply: status,
  effect: 'write',
});

export const manualOperations = { manualRecord, manualAlarm } as const;
