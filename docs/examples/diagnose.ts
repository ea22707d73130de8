import { diagnose, FileStore, Nvr } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr({ ...connection, store: new FileStore('nvr-data') });
const { checks, dialect } = await diagnose(nvr);
for (const { name, passed, finding } of checks) console.log(`${passed ? 'ok' : 'FAILED'} ${name}: ${finding}`);
console.log(dialect);
