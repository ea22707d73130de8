import { modifySettings, Nvr, operations } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr(connection);
const { getEMail: read, setEMail: write } = operations;
const mail = await modifySettings(nvr, { read, write }, {}, (settings) => ({ ...settings, interval: 600 }));
console.log(`a mail every ${mail.interval} s at most`);
