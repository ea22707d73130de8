import { once } from 'node:events';
import { Nvr } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr(connection);
nvr.eventStates.subscribe({
  known: () => console.log('connected'),
  changed: ({ channel, type, active }) => console.log(`${type} at ${channel} ${active ? 'begins' : 'ends'}`),
  unknown: (error) => console.log(`connection lost: ${error?.code}`),
});
await once(process, 'SIGINT');
