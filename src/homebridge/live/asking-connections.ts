import type { CharacteristicSetCallback, CharacteristicValue, HAP, Service } from 'homebridge';
import type { AskingConnection } from './phone-address.js';

/** SetupEndpoints: type of the session's identifier (HAP R2, 9.102). */
const SESSION_IDENTIFIER = 1;
/** Sessions that are remembered; a camera has fewer streams, and what comes next asks for the newest. */
const MAX_KEPT = 16;

/**
 * Who asked for which live session. HAP-NodeJS hands `prepareStream` the address that the phone wrote into
 * SetupEndpoints, not the one that it has; the connection is shown only to those who listen to the characteristic.
 */
export class AskingConnections {
  readonly #hap: HAP;
  readonly #connections = new Map<string, AskingConnection>();

  constructor(hap: HAP) {
    this.#hap = hap;
  }

  /** Listens to the stream managements among these services. They are asked before `prepareStream` is called. */
  listen(services: readonly Service[]): void {
    const { CameraRTPStreamManagement } = this.#hap.Service;
    const { SetupEndpoints } = this.#hap.Characteristic;
    for (const service of services.filter(({ UUID }) => UUID === CameraRTPStreamManagement.UUID)) {
      service
        .getCharacteristic(SetupEndpoints)
        // The answer is the stream management's to give.
        .on('set', (value: CharacteristicValue, _answer: CharacteristicSetCallback, _context, connection) => {
          const session = this.#sessionIn(value);
          if (session === undefined || !connection) return;
          const { localAddress, remoteAddress } = connection;
          this.#connections.delete(session);
          this.#connections.set(session, { localAddress, remoteAddress });
          for (const oldest of this.#connections.keys()) {
            if (this.#connections.size <= MAX_KEPT) break;
            this.#connections.delete(oldest);
          }
        });
    }
  }

  of(session: string): AskingConnection | undefined {
    return this.#connections.get(session);
  }

  /** Bytes that are no TLV are refused by the stream management. */
  #sessionIn(value: CharacteristicValue): string | undefined {
    if (typeof value !== 'string') return undefined;
    try {
      const identifier = this.#hap.decode(Buffer.from(value, 'base64'))[SESSION_IDENTIFIER];
      return identifier && this.#hap.uuid.unparse(identifier);
    } catch {
      return undefined;
    }
  }
}
