import { DEFAULT_CIPHERS } from 'node:tls';

/**
 * What TLS may choose from: all that Node takes but DHE, whose group the peer chooses, before anybody knows who it is; one
 * of 10,000 bits holds up the whole process for a second.
 */
export const CIPHERS = `${DEFAULT_CIPHERS}:!DHE`;
