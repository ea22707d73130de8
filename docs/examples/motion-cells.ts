import { cellsFromHex, cellsToHex, cellsToText, Nvr } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr(connection);
const [settings] = await nvr.alarm.getAnalyticsMotionSettings({ ChannelID: 1, mainsub: 0 });
const { columns = 22, rows = 18 } = settings?.cellLayout ?? {};
const cells = cellsFromHex(settings?.cellSettings ?? '', { columns, rows });

// The upper half is the street.
const cellSettings = cellsToHex(cells.map((row, y) => row.map((on) => on && y >= rows / 2)));
await nvr.alarm.setAnalyticsMotionSettings({
  body: [{ channel: 1, mainsub: 0, switch: settings?.switch ?? true, cellSettings }],
});
console.log(cellsToText(cellsFromHex(cellSettings, { columns, rows })));
