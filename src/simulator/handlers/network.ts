import type { Handlers } from './handler.js';

export const network: Pick<Handlers, 'getPort'> = {
  getPort: (_, { port }) => ({ http_port: port, rtsp_port: 0, https_port: 0 }),
};
