import { Nvr } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

const from = Date.now() - 10 * 60_000;
await using nvr = new Nvr(connection);
await using playback = nvr.playback({ channel: 1, stream: 'main', from });

// The NVR waits while this loop is busy.
for await (const frame of playback.frames()) {
  if (frame.timestamp > from + 1000) break;
}
await playback.seek(from + 60_000);
await playback.fastForward(8);
await playback.pause();
console.log('paused a minute later');
