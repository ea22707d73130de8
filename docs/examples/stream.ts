import { Nvr } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr(connection);

// Everything, in order: the newest 500 wait while this loop is busy.
for await (const { channel, type, state } of nvr.events.stream({ queue: 500 })) {
  console.log(`${type} at ${channel}: ${state}`);
  if (state === 'inactive') break;
}

// Only what is true now, however slow this loop is.
for await (const statuses of nvr.cameraStatus.stream({ queue: 'latest', signal: AbortSignal.timeout(10_000) })) {
  console.log(`${statuses.filter(({ online }) => online).length} of ${statuses.length} cameras online`);
  break;
}
