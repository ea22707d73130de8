import { limits } from '../../shared/internal.js';

/** Bytes before a message and behind it: type and length, and the seal (HAP-NodeJS). */
const [HEADER, SEAL] = [4, 16];
/** The only type: sealed. What has another, HAP-NodeJS passes over without a word. */
const SEALED = 1;

/** A home hub announced a message that is too long. */
export class MessageTooLongError extends Error {}

/** Cuts what a home hub sends into messages, still sealed: at most one is kept while it is incomplete. */
export class HubMessages {
  #rest = Buffer.alloc(0);

  /**
   * The messages that are whole now.
   *
   * @throws MessageTooLongError as soon as its length is known; TypeError where it is no message
   */
  *take(bytes: Buffer): Generator<Buffer, void, undefined> {
    let rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    while (rest.length >= HEADER) {
      if (rest[0] !== SEALED) throw new TypeError(`a message of type ${rest[0]}`);
      const length = rest.readUIntBE(1, 3);
      if (length > limits.hub.message) throw new MessageTooLongError(`${length} bytes`);
      const end = HEADER + length + SEAL;
      if (rest.length < end) break;
      const message = rest.subarray(0, end);
      rest = rest.subarray(end);
      yield message;
    }
    this.#rest = Buffer.from(rest);
  }
}
