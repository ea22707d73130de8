import { encodeMuLaw, Nvr } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

// Half a second of 440 Hz: 16-bit samples, 8 kHz, mono.
const pcm = Buffer.alloc(8000);
for (let i = 0; i < 4000; i++) pcm.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 440 * i) / 8000)), 2 * i);

await using nvr = new Nvr(connection);
await using talk = await nvr.talk(1);
await talk.write(encodeMuLaw(pcm));
await talk.flush();
console.log('said');
