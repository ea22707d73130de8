import type { NvrClientOptions } from 'homebridge-everfocus-nvr/driver';

const { NVR_HOST = '192.168.1.20', NVR_PORT, NVR_USER = 'admin', NVR_PASSWORD = '' } = process.env;

export const connection: NvrClientOptions = {
  host: NVR_HOST,
  port: NVR_PORT ? Number(NVR_PORT) : undefined,
  username: NVR_USER,
  password: NVR_PASSWORD,
};
