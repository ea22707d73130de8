/** What a peer showed in its handshake. */
export interface ShownCertificate {
  /** SHA-256, `AA:BB:…`; empty where it showed no certificate. */
  readonly fingerprint: string;
  /** A known authority has signed it, for this host, and it is valid now. */
  readonly authorized: boolean;
}

/** What an NVR's certificate must be. */
export type Trusted =
  /** This one, whoever signed it, expired or not. */
  | { readonly is: 'pinned'; readonly fingerprint: string }
  /** Any that a known authority signed: it renews them, and a pin would refuse that. */
  | { readonly is: 'authority' }
  /** It was never seen. */
  | { readonly is: 'unknown' };

export type Judgement = 'accept' | 'refuse' | 'remember-pin' | 'remember-authority';

/**
 * Trust on first use. A host whose first certificate an authority signed must go on showing such ones: else whoever
 * stands in between would only have to show one of his own to count as its first use.
 */
export function judgeCertificate(shown: ShownCertificate, trusted: Trusted): Judgement {
  // As on a resumed session: nothing to compare.
  if (shown.fingerprint === '') return 'refuse';
  switch (trusted.is) {
    case 'pinned':
      return shown.fingerprint === trusted.fingerprint ? 'accept' : 'refuse';
    case 'authority':
      return shown.authorized ? 'accept' : 'refuse';
    case 'unknown':
      return shown.authorized ? 'remember-authority' : 'remember-pin';
  }
}

/** The fingerprint as `AA:BB:…`, or `undefined` where the text is no SHA-256 in hexadecimal. */
export function readFingerprint(text: string): string | undefined {
  if (!/^([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i.test(text)) return undefined;
  return text
    .replaceAll(':', '')
    .toUpperCase()
    .replace(/..(?!$)/g, '$&:');
}
