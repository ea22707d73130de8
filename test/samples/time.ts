import type { Sample } from './sample.js';

const settings = {
  time: 1_568_609_673_430,
  localtime: '2019-09-16 12:54:33.430',
  date_format: 0,
  time_format: 0,
  ntp_enable: false,
  ntp_server: 'pool.ntp.org',
  time_zone: 480,
  dst_enable: false,
  dst_mode: 1,
  dst_offset: 0,
  dst_start_month: 2,
  dst_start_date: 1,
  dst_start_hour: 1,
  dst_start_minute: 0,
  dst_start_day: 0,
  dst_start_week: -1,
  dst_end_month: 9,
  dst_end_date: 1,
  dst_end_hour: 1,
  dst_end_minute: 0,
  dst_end_day: 0,
  dst_end_week: -1,
};

export const timeSamples: readonly Sample[] = [
  { operation: 'getTime', reply: settings },
  { operation: 'setTime', params: settings, body: settings, reply: { Result: 'OK' } },
];
