import type { SaidFinding } from '../../doctor/finding.js';
import type { Said } from '../../shared/internal.js';

/* What the settings page and its server say to each other. The page holds no password that was stored before. */

/** An NVR as the page has it. */
export interface DraftNvr {
  /** Its place in the configuration on disk; absent where it is new. */
  readonly stored?: number | undefined;
  /** Its settings, without the password. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** As it was typed in this page. */
  readonly password?: string | undefined;
}

/** What the server answers to. */
export interface Requests {
  /** The NVRs on disk, without their passwords. */
  readonly '/settings': { readonly body: undefined; readonly reply: Settings };
  /** What is wrong with NVRs, each by its place; passwords are not looked at. */
  readonly '/check': {
    readonly body: { readonly nvrs: readonly DraftNvr['fields'][] };
    readonly reply: readonly Check[];
  };
  /** Searches the networks; each NVR is told at once by the event `found`, too. */
  readonly '/discover': { readonly body: undefined; readonly reply: readonly FoundNvr[] };
  readonly '/test': { readonly body: DraftNvr; readonly reply: Verdict };
  /** Looks at everything of an NVR, and tells each finding by the event `finding`; without one, it ends what is under way. */
  readonly '/examine': {
    readonly body: { readonly nvr?: DraftNvr; readonly id: number };
    readonly reply: 'done' | 'ended' | 'password-needed' | 'unusable';
  };
  /** How an NVR answers, without its secrets, for a report of a fault; without one, it ends what is under way. */
  readonly '/capture': {
    readonly body: { readonly nvr?: DraftNvr; readonly id: number };
    readonly reply: CapturedNvr | 'ended' | 'password-needed' | 'unusable';
  };
  /** Shows what the cameras of an NVR show, by the event `picture`, until another is watched; absent: none is. */
  readonly '/watch': { readonly body: { readonly nvr?: DraftNvr; readonly id: number }; readonly reply: undefined };
}

/** What the server tells unasked. */
export interface Events {
  /** What was found by `/examine`. @param id of it */
  readonly finding: { readonly id: number; readonly finding: Pick<SaidFinding, 'check' | 'verdict' | 'said'> };
  /** What `/capture` looks at. @param id of it */
  readonly looking: { readonly id: number; readonly at: string };
  /** An NVR has answered the search. */
  readonly found: FoundNvr;
  /** @param id of `/watch` @param jpeg in base64 */
  readonly picture: { readonly id: number; readonly channel: number; readonly jpeg: string };
}

export interface Settings {
  readonly nvrs: readonly StoredNvr[];
  /** Whether the plugin runs as a child bridge. */
  readonly childBridge: boolean;
}

/** An NVR on disk. */
export interface StoredNvr {
  readonly fields: DraftNvr['fields'];
  readonly hasPassword: boolean;
}

export interface Check {
  /** Why it cannot be used. */
  readonly problems: readonly Said[];
  readonly advice: readonly Said[];
}

/** A capture, to be looked at and saved. */
export interface CapturedNvr {
  readonly file: string;
  readonly text: string;
  /** What is in it, in words. */
  readonly contents: readonly { readonly head: Said; readonly lines: readonly Said[] }[];
}

/** Anybody on the network can claim that. */
export interface FoundNvr {
  readonly address: string;
  readonly port: number;
  readonly name?: string;
  readonly model?: string;
  readonly mac?: string;
}

/** What a test came to. The page knows a remedy for each. */
export type Verdict =
  | ({ readonly is: 'good' | 'restricted' } & Answered)
  | { readonly is: 'unusable'; readonly problems: readonly Said[] }
  | { readonly is: 'password-needed' | 'no-address' | 'tls' | 'no-tls' | 'silent' }
  | { readonly is: 'closed'; readonly open: readonly number[] }
  | { readonly is: 'another-family' | 'another-device' | 'wrong-password'; readonly what: string }
  /** @param code of the error */
  | { readonly is: 'failed'; readonly what: string; readonly code?: string }
  /** @param trusted the certificate that is trusted, where there is one */
  | { readonly is: 'certificate'; readonly fingerprint: string; readonly trusted?: string | undefined };

/** An NVR that let the user in. What is `undefined`, this user may not ask. */
interface Answered {
  readonly model: string;
  readonly software: string;
  /** Whether this user may see live pictures. */
  readonly live: boolean;
  readonly cameras: readonly FoundCamera[] | undefined;
  /** Alarm inputs and outputs of the NVR itself, by their pins. */
  readonly inputs: readonly number[] | undefined;
  readonly outputs: readonly number[] | undefined;
  /** Of a certificate that nobody has vouched for yet. */
  readonly fingerprint?: string | undefined;
}

export interface FoundCamera {
  readonly channel: number;
  readonly name: string;
}
