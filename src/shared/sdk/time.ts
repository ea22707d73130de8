import { Type, defineOperation, json, open, status } from './declaration.js';
import { epochMilliseconds, flag, maybe, text } from './fields.js';

function whole(title: string, minimum: number, maximum: number, description: string, example: number, unit?: string) {
  return Type.Integer({
    title,
    minimum,
    maximum,
    description,
    examples: [example],
    ...(unit !== undefined && { unit }),
  });
}

function format(title: string, description: string) {
  return Type.Integer({ minimum: 0, title, description, examples: [0] });
}

function week(title: string) {
  return Type.Enum([0, 1, -1], {
    title,
    description: 'In the week mode: 0: first, 1: second, -1: last such day of the week in the month.',
    examples: [-1],
  });
}

/** What 9.19 reads and 9.20 writes. */
const settings = {
  time: maybe(Type.Integer({ ...epochMilliseconds('Time', 'The clock of the NVR.'), passing: true })),
  localtime: maybe(
    Type.String({
      title: 'Local time',
      description: 'The clock of the NVR in local time, `YYYY-MM-DD HH:MM:SS.mmm`.',
      examples: ['2019-09-16 12:54:33.430'],
      passing: true,
      harmless: true,
    }),
  ),
  date_format: maybe(format('Date format', 'How the NVR shows dates; the document does not list the values.')),
  time_format: maybe(format('Time format', 'How the NVR shows times; the document does not list the values.')),
  ntp_enable: maybe(flag('NTP', 'Whether the clock follows an NTP server.')),
  ntp_server: maybe(text('NTP server', 'Name or address of the NTP server.', ['pool.ntp.org'])),
  time_zone: maybe(whole('Time zone', -1440, 1440, 'Standard time east of UTC.', 480, 'min')),
  dst_enable: maybe(flag('Daylight saving time', 'Whether the clock is put forward in summer.')),
  dst_mode: maybe(
    Type.Enum([0, 1], { title: 'DST mode', description: 'Begin and end by 0: date, 1: week.', examples: [1] }),
  ),
  dst_offset: maybe(whole('DST offset', -1440, 1440, 'How far the clock is put forward.', 0, 'min')),
  dst_start_month: maybe(whole('DST start month', 0, 11, 'Month in which it begins, 0: January.', 2)),
  dst_start_date: maybe(whole('DST start date', 1, 31, 'In the date mode: day of the month.', 1)),
  dst_start_hour: maybe(whole('DST start hour', 0, 23, 'Hour, standard time.', 1)),
  dst_start_minute: maybe(whole('DST start minute', 0, 59, 'Minute.', 0)),
  dst_start_day: maybe(whole('DST start day', 0, 6, 'In the week mode: day of the week, 0: Sunday.', 0)),
  dst_start_week: maybe(week('DST start week')),
  dst_end_month: maybe(whole('DST end month', 0, 11, 'Month in which it ends, 0: January.', 9)),
  dst_end_date: maybe(whole('DST end date', 1, 31, 'In the date mode: day of the month.', 1)),
  dst_end_hour: maybe(whole('DST end hour', 0, 23, 'Hour, daylight saving time.', 1)),
  dst_end_minute: maybe(whole('DST end minute', 0, 59, 'Minute.', 0)),
  dst_end_day: maybe(whole('DST end day', 0, 6, 'In the week mode: day of the week, 0: Sunday.', 0)),
  dst_end_week: maybe(week('DST end week')),
};

const TimeSettings = Type.Object(settings, open);

export const getTime = defineOperation({
  id: 'getTime',
  section: '9.19',
  title: 'Get time settings',
  description: 'Reads the clock of the NVR, its time zone, daylight saving time and NTP.',
  domain: 'time',
  method: 'GET',
  path: '/system/getTime',
  reply: json(TimeSettings),
  effect: 'read',
});

export const setTime = defineOperation({
  id: 'setTime',
  section: '9.20',
  title: 'Set time settings',
  description:
    'Writes the time settings: send all that getTime read. `time` or `localtime`, where given, moves the clock of the ' +
    'recorder (`localtime` wins over `time`).',
  domain: 'time',
  method: 'POST',
  path: '/system/setTime',
  body: TimeSettings,
  reply: status,
  settings: () => ({
    change:
      'Changes the time settings; what is left out stays. `time` or `localtime`, where given, moves the clock of the ' +
      'recorder (`localtime` wins over `time`).',
    by: getTime,
    words: 'clock, date, time zone, summer time, daylight saving, NTP',
  }),
  effect: 'write',
  guarded: true,
});

export const timeOperations = { getTime, setTime } as const;
