import { discover } from 'homebridge-everfocus-nvr/driver';

const { devices, problems } = await discover({
  timeout: 2000,
  found: ({ address, port, name = 'an NVR' }) => console.log(`${address}:${port} is ${name}`),
});
console.log(`${devices.length} found`);
for (const { interface: name, message } of problems) console.log(`${name} could not be searched: ${message}`);
