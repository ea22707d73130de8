import { Nvr } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr(connection);
console.log(await nvr.rtsp.address({ channel: 1, stream: 'main' }));

// Or in this process, as RTP packets; the same connection carries the commands of a playback.
const arrived = Promise.withResolvers<string>();
const target = { channel: 1, stream: 'sub', from: Date.now() - 10 * 60_000 } as const;
await using stream = await nvr.rtsp.open(target, ({ track, kind, data }) => {
  arrived.resolve(`${kind} of ${track.encoding}: ${data.length} bytes`);
});
console.log(await arrived.promise);
await stream.control({ command: 'pause' });
