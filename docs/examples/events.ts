import { once } from 'node:events';
import { Nvr } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr(connection);
nvr.state.watch({ events: { types: ['Motion', 'VideoLoss'] } }, (change) => {
  if (change.kind === 'connection') console.log(change.connection.is);
  if (change.kind !== 'event' || change.first) return;
  console.log(`${change.type} at ${change.channel} ${change.active ? 'begins' : 'ends'}`);
});
await once(process, 'SIGINT');
