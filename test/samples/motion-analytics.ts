import type { Sample } from './sample.js';

const cellSettings = `${'F0'.repeat(49)}F0`;
const changes = [
  { channel: 1, mainsub: 0, switch: true, sensitivity: 60, cellSettings },
  { channel: 4, mainsub: 0, switch: false },
];

export const motionAnalyticsSamples: readonly Sample[] = [
  {
    operation: 'getAnalyticsMotionSettings',
    params: { ChannelID: 1, mainsub: 0 },
    query: 'ChannelID=1&mainsub=0',
    reply: [
      {
        channel: 1,
        switch: true,
        cellLayout: {
          columns: 22,
          rows: 18,
          transformation: { translate: { x: -1, y: -1 }, scale: { x: 0.090909, y: 0.111111 } },
        },
        sensitivity: 60,
        cellSettings,
      },
    ],
  },
  {
    operation: 'getAnalyticsMotionSettings',
    params: { ChannelID: 4, mainsub: 1 },
    query: 'ChannelID=4&mainsub=1',
    reply: [{ channel: 4, switch: false }],
  },
  {
    operation: 'setAnalyticsMotionSettings',
    params: { body: changes },
    body: changes,
    reply: [
      { channel: 1, moduleResult: 'SUCCESS', cellResult: 'SUCCESS', description: '' },
      { channel: 4, moduleResult: 'SUCCESS', cellResult: 'SUCCESS', description: '' },
    ],
  },
];
