import { Nvr, scheduleMap, scheduleRanges } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr(connection);
const which = { ChannelID: 1, GroupID: 'Email' } as const;
const { Motion, InputAlarm, Intellegent } = await nvr.schedule.getSchedulesByGroup(which);
for (const { day, from, to } of scheduleRanges(Motion?.Map ?? [])) console.log(`${day} ${from}–${to}`);

const weekend = scheduleMap([
  { day: 'saturday', from: '00:00', to: '24:00' },
  { day: 'sunday', from: '00:00', to: '18:30' },
]);
if (InputAlarm && Intellegent) {
  await nvr.schedule.setScheduleByGroup({ ...which, Motion: { Map: weekend }, InputAlarm, Intellegent });
}
