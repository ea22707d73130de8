import { InvalidParameterError, Nvr, NvrError, NvrRefusedError } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

await using nvr = new Nvr(connection);
for (const ChannelID of [0, 99, 1]) {
  try {
    await nvr.camera.cameraDetail({ ChannelID });
    console.log(`${ChannelID}: fine`);
  } catch (error) {
    if (error instanceof InvalidParameterError) console.log(`${ChannelID}: nothing was sent, see ${error.path}`);
    else if (error instanceof NvrRefusedError) console.log(`${ChannelID}: the NVR says "${error.description}"`);
    else if (error instanceof NvrError && error.recoverable)
      console.log(`${ChannelID}: later, perhaps (${error.code})`);
    else throw error;
  }
}
