import {
  endsConnection,
  FatalError,
  LoginRejectedError,
  NvrError,
  StoreError,
  UntrustedCertificateError,
  type Logger,
} from '../../shared/index.js';

/** Whether another try may succeed without anybody changing the configuration. */
export function worthRetrying(error: unknown): boolean {
  return !(error instanceof NvrError && endsConnection(error));
}

/** What is wrong, and what to do about it. */
export function adviceFor(error: unknown): string {
  if (error instanceof LoginRejectedError) {
    return (
      'rejected the user name or password. Correct "username" and "password" of this NVR in the plugin settings and ' +
      'restart Homebridge. Until then the login is tried seldom (after 1, 10 and 60 minutes, then every hour), so that ' +
      'the NVR does not lock the account.'
    );
  }
  if (error instanceof UntrustedCertificateError) return certificateAdvice(error);
  if (error instanceof StoreError) {
    return (
      `can't be talked to over HTTPS: its certificate can be neither checked nor remembered (${error.message}). ` +
      'Nothing was sent to it. Trying again.'
    );
  }
  if (error === undefined) return 'has closed the connection. Trying again until it answers.';
  const reason = error instanceof Error ? error.message : 'no reason given';
  if (error instanceof FatalError) return `does not answer as expected (${reason}). Trying again.`;
  return `can't be reached (${reason}). Check its address and that it is switched on. Trying again until it answers.`;
}

function certificateAdvice({ fingerprint, pinned }: UntrustedCertificateError): string {
  const shown = fingerprint === '' ? 'shows no certificate' : `shows a certificate with the fingerprint ${fingerprint}`;
  const trusted = pinned === undefined ? 'which is not trusted' : `and the trusted one is ${pinned}`;
  return (
    `${shown}, ${trusted}. Nothing was sent to it. If it got a new certificate (after an update or a reset, say) and ` +
    'displays this fingerprint itself, write it into "Certificate fingerprint" (fingerprint) of this NVR in the plugin ' +
    'settings and restart Homebridge. If not, somebody may be standing between Homebridge and the NVR.'
  );
}

/** Tells the user when an NVR is lost and when it is back: each once. */
export class ConnectionLog {
  readonly #logger: Logger;
  #state: 'new' | 'connected' | 'lost' | 'given up' = 'new';

  /** @param logger says which NVR it is about */
  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** @param summary what was found */
  connected(summary: string): void {
    if (this.#state !== 'connected') {
      this.#logger.info(`connected${this.#state === 'new' ? '' : ' again'}, ${summary}.`);
    }
    this.#state = 'connected';
  }

  lost(error: unknown): void {
    const state = worthRetrying(error) ? 'lost' : 'given up';
    if (this.#state === state || this.#state === 'given up') return;
    this.#state = state;
    this.#logger[state === 'lost' ? 'warn' : 'error'](`the NVR ${adviceFor(error)}`);
  }
}
