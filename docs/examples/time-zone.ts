import { describeTimeZone, modifySettings, Nvr, operations, timeZoneSettings } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr(connection);
const { getTime: read, setTime: write } = operations;
await modifySettings(nvr, { read, write }, {}, (settings) => ({
  ...settings,
  ...timeZoneSettings('Europe/Berlin', 2026),
}));
const { utcOffset, posix, zones } = describeTimeZone(await nvr.time.getTime(), 2026);
console.log(`${utcOffset}, ${posix}, like ${zones.length} zones such as Europe/Berlin`);
