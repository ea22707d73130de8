import { NvrClient } from 'homebridge-everfocus-nvr/driver';
import { cameraList } from 'homebridge-everfocus-nvr/driver/operations';
import { connection } from './connection.ts';

await using nvr = new NvrClient(connection);
console.log(`${(await nvr.call(cameraList)).length} cameras`);
