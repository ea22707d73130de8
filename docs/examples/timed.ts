import { movePtz, Nvr, pulsePin } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr(connection);
await movePtz(nvr, { channel: 1, direction: 'panLeft', duration: 500 });
await pulsePin(nvr, 5, { duration: 500 });
console.log('stopped and off');
