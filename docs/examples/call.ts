import { Nvr, operations } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr(connection);

// Grouped by domain:
await nvr.ptz.setPreset({ ChannelID: 1, preset_name: 'gate' });
const { presets } = await nvr.ptz.getPresets({ ChannelID: 1 });
for (const { name, preset_token } of presets) {
  if (name === 'gate') await nvr.ptz.gotoPreset({ ChannelID: 1, preset_token });
}

// By declaration, with options:
const options = { timeout: 3000, signal: AbortSignal.timeout(5000), priority: 'poll' } as const;
for (const { ChannelID, Online } of await nvr.call(operations.cameraStatus, {}, options)) {
  console.log(`channel ${ChannelID}: ${Online ? 'online' : 'offline'}`);
}

// By a name that data brings; parameters are checked, but neither they nor the reply have a type:
console.log(await nvr.callByName('getPort'));

// Outside the document, by path:
console.log(await nvr.request({ method: 'GET', path: '/device/cameraStatus' }));
