import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { SocketApi } from './api/socket-api.js';
import { Listener } from './listener.js';
import type { HttpsCertificate } from './nvr/https-certificate.js';

/** The NVR's HTTP and HTTPS with their WebSockets: the same API on both. */
export class WebServers {
  readonly #plain: Listener;
  readonly #secure: Listener | undefined;

  /** @param certificate for HTTPS; none without it */
  constructor(api: RequestListener, sockets: SocketApi, certificate: HttpsCertificate | undefined) {
    const listener = (server: Server | SecureServer) => {
      server.on('upgrade', (request, connection, head) => sockets.upgrade(request, connection, head));
      return new Listener(server);
    };
    this.#plain = listener(createServer(api));
    this.#secure = certificate && listener(secureServer(certificate, api));
  }

  /** @param ports 0: any free one. @returns the ports; `https` is 0 where it is not served */
  async open(host: string, ports: { http: number; https: number }): Promise<{ http: number; https: number }> {
    const http = await this.#plain.open(host, ports.http);
    return { http, https: (await this.#secure?.open(host, ports.https)) ?? 0 };
  }

  /** Cuts every connection and gives the ports back. */
  async close(): Promise<void> {
    await this.#plain.close();
    await this.#secure?.close();
  }
}

/** Another certificate is shown from the next connection on. */
function secureServer(certificate: HttpsCertificate, api: RequestListener): SecureServer {
  const server = createSecureServer({ ...certificate.identity }, api);
  certificate.onReplaced((identity) => server.setSecureContext({ ...identity }));
  return server;
}
