import { Nvr } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

const nvr = new Nvr(connection);
try {
  for (const { ChannelID, DeviceName } of await nvr.camera.cameraList()) console.log(`${ChannelID}: ${DeviceName}`);
} finally {
  await nvr.close();
}
