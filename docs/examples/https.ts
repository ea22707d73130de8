import { FileStore, Nvr, UntrustedCertificateError } from 'homebridge-everfocus-nvr/driver';
import { connection } from './connection.ts';

const store = new FileStore('nvr-data');
await using nvr = new Nvr({ ...connection, https: true, store });
try {
  const { model } = await nvr.system.getSystemInfo();
  console.log(`${model}, encrypted`);
} catch (error) {
  if (!(error instanceof UntrustedCertificateError)) throw error;
  console.error(`It shows ${error.fingerprint}, but ${error.pinned} is known. Compare it with the NVR's own display.`);
  // Only once a person has done so:
  if (process.argv.includes('--trust')) await nvr.trustCertificate(error.fingerprint);
}
