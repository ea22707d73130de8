import { recordedTime } from '../simulator/recorded.js';
import type { Sample } from './sample.js';

const range = { StartTime: 1_584_892_800, EndTime: 1_584_979_199 };
const maps = { ChannelIDs: [1, 2, 3, 4], ...range, mainsub: 1 };
const halfAndHalf = ['+'.repeat(30) + '-'.repeat(30), '-'.repeat(30) + '+'.repeat(30)];
const events = {
  ChannelID: [1, 2, 3, 4],
  ...range,
  Type: ['Motion', 'InputAlarm', 'ManualRecord', 'Tag'],
  Stream: 'Main',
};
const clip = { ChannelID: 1, stream: 0, startTime: 1_584_949_180, endTime: 1_584_949_200 };
const snapshotSettings = {
  settings: [
    {
      channel: 1,
      snapshotSettings: { Auto: 1, streamType: 0, Normal: { period: 60 }, Alarm: { period: 5 } },
    },
    { channel: 2 },
  ],
};
const recordSettings = {
  settings: [{ channel: '1', setting: { enable: '1', streamType: '2', enablePreRecord: '0' } }, { channel: '2' }],
};
const logs = { type: 'All', startTime: 0, endTime: 1_568_609_673_430 };
const entry = { type: 'Alarm', description: 'Motion Start', channel: 1, createTime: 1_568_609_673_430, user: 'admin' };

/** A clip of what the simulator has. */
function recorded() {
  const startTime = recordedTime(clip.ChannelID).getTime() / 1000;
  return { ...clip, startTime, endTime: startTime + 20 };
}

export const recordingSamples: readonly Sample[] = [
  {
    operation: 'eventSearch',
    params: events,
    body: events,
    reply: [
      {
        ChannelID: 1,
        ev_start: 1_584_949_182,
        ev_end: 1_584_949_183,
        pre_rec: 1_584_949_172,
        post_rec: 1_584_949_213,
        video_size: 14_707_618,
        Type: 'Motion',
        comment: 'Motion-1',
      },
    ],
  },
  {
    operation: 'metaSearch',
    params: { ChannelID: 1, Type: ['manualStart', 'manualStop'], ...range },
    body: { ChannelID: 1, Type: ['manualStart', 'manualStop'], ...range },
    reply: [
      { ChannelID: 1, Type: 'manualStart', Data: { id: 1_564_741_064 }, Timestamp: 1_584_949_182_250 },
      { ChannelID: 1, Type: 'diEventStart', Data: 'active', Timestamp: 1_584_949_183_000 },
    ],
  },
  {
    operation: 'getMapByDay',
    params: maps,
    body: maps,
    reply: { ...range, CH1: '+++--+++', CH2: '+++--+++' },
  },
  { operation: 'getMapByMinute', params: maps, body: maps, reply: { ...range, CH1: halfAndHalf } },
  { operation: 'getMapBySecond', params: maps, body: maps, reply: { ...range, CH1: halfAndHalf } },
  {
    operation: 'requestVideoClips',
    params: { ChannelID: 1, startTime: 1_584_892_800, endTime: 1_584_979_199 },
    query: 'ChannelID=1',
    body: { startTime: '1584892800', endTime: '1584979199' },
    reply: [{ startTime: 1_584_949_172, endTime: 1_584_949_213 }],
  },
  {
    operation: 'backupVideoClip',
    params: clip,
    query: 'ChannelID=1&stream=0&startTime=1584949180&endTime=1584949200',
    reply: Buffer.from('RIFF\0\0\0\0AVI ', 'latin1'),
    simulated: recorded(),
  },
  {
    operation: 'setSnapshotSettings',
    params: snapshotSettings,
    body: snapshotSettings,
    reply: { Result: 'OK' },
  },
  { operation: 'getSnapshotSettings', reply: snapshotSettings },
  { operation: 'setRecordSettings', params: recordSettings, body: recordSettings, reply: { Result: 'OK' } },
  { operation: 'getRecordSettings', reply: recordSettings },
  { operation: 'searchLogs', params: logs, body: logs, reply: [{ ...entry, hasRecord: 1 }] },
  {
    operation: 'addLogs',
    params: { body: [{ ...entry, hasRecord: true }] },
    body: [{ ...entry, hasRecord: true }],
    reply: { Result: 'OK' },
  },
  {
    operation: 'manualRecord',
    params: { channel: 1, command: 'start' },
    body: { channel: 1, command: 'start' },
    reply: { Result: 'OK' },
  },
  {
    operation: 'manualAlarm',
    params: { channel: 1, command: 'stop' },
    body: { channel: 1, command: 'stop' },
    reply: { Result: 'OK' },
  },
];
