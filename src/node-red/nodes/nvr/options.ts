import type { NvrClientOptions } from '../../../shared/index.js';
import { FlowError } from '../../errors.js';
import { textOf } from '../../words.js';

/** Address of an NVR as the form stores it; texts because each may be an environment variable. */
export interface NvrConfig {
  readonly host?: string;
  readonly port?: string | number;
  readonly https?: boolean;
  readonly fingerprint?: string;
}

/** What Node-RED keeps apart, encrypted, and never hands to an editor. */
export interface NvrCredentials {
  readonly username?: string;
  readonly password?: string;
}

/**
 * The driver's options. What is merely wrong is left for the driver to refuse; what is missing is named here.
 *
 * @throws FlowError `NOT_CONFIGURED`; InvalidParameterError
 */
export function optionsOf(config: NvrConfig, credentials: NvrCredentials): NvrClientOptions {
  const host = textOf(config.host, 'host');
  const username = textOf(credentials.username, 'username');
  if (host === '') throw new FlowError('NOT_CONFIGURED', 'the NVR has no host');
  if (username === '') throw new FlowError('NOT_CONFIGURED', 'the NVR has no user name');
  const port = textOf(config.port, 'port');
  const fingerprint = textOf(config.fingerprint, 'fingerprint');
  return {
    host,
    ...(port !== '' && { port: Number(port) }),
    https: config.https === true,
    ...(fingerprint !== '' && { fingerprint }),
    username,
    password: credentials.password ?? '',
  };
}
