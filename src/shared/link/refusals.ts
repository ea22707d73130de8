import { createHash } from 'node:crypto';
import { abortable, type Clock } from '../clock.js';
import { limits } from '../limits.js';
import type { WireRequest } from '../wire/request.js';
import { REFUSAL_HOLDS, remedyForRefusal, type RefusalFacts } from './refusal-policy.js';
import type { Session } from './session.js';

/** ms */
const HOUR = 3_600_000;

/** Something that the NVR may refuse. */
export interface Asked {
  /** The operation, or the path: what is refused once is likely to be refused with other parameters, too. */
  readonly name: string;
  /** The very same request again has the very same key. */
  readonly key: string;
}

/** A read that the user was let do. */
export interface Read {
  /** Bytes of its answer. */
  readonly size: number;
  /** Asks it again, within the session or without; never rejects. */
  ask(within: 'session' | 'nothing'): Promise<'answered' | 'refused' | 'unclear'>;
}

/** A read that shows whether the session holds. */
interface Touchstone extends Read, Asked {
  /** It was seen to be refused without a session. */
  proven: boolean;
}

/**
 * Tells a lost session from a lacking right (SDK 10.6), so that what a user may not do costs no logins. A read that the
 * user may make is the touchstone: where it still works, the session holds.
 */
export class Refusals {
  readonly #session: Pick<Session, 'generation' | 'isOpen' | 'lose'>;
  readonly #clock: Clock;
  /** By name, when and as what it was refused in a session that held. */
  readonly #refused = new Map<string, { readonly at: number; readonly key: string }>();
  /** What was carried out, in whatever session, and not refused in a fresh one since. */
  readonly #succeeded = new Set<string>();
  /** The newest session in which anything was carried out. */
  #proven = 0;
  #touchstone: Touchstone | undefined;
  #checking: Promise<RefusalFacts['check']> | undefined;
  /** Reads that need no session, and so show nothing. */
  readonly #open = new Set<string>();
  /** By name, when a login was last spent because it worked no more. */
  readonly #spent = new Map<string, number>();
  #known = false;
  /** When logins were spent on a suspicion, the newest first. */
  #suspected: readonly number[] = [];

  constructor(session: Pick<Session, 'generation' | 'isOpen' | 'lose'>, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /**
   * The NVR carried that out in the session of that generation.
   *
   * @param read where it was one that can be asked again
   */
  succeeded({ name, key }: Asked, generation: number, read?: Read): void {
    this.#known = true;
    this.#proven = Math.max(this.#proven, generation);
    this.#succeeded.delete(key);
    this.#succeeded.add(key);
    if (this.#succeeded.size > limits.session.requests) this.#succeeded.delete(first(this.#succeeded));
    if (this.#refused.get(name)?.key === key) this.#refused.delete(name);
    if (!read || this.#open.has(key) || read.size >= (this.#touchstone?.size ?? Infinity)) return;
    this.#touchstone = { ...read, name, key, proven: false };
  }

  /**
   * The NVR refused that in the session of that generation, in words or ways that may mean the session.
   *
   * @param again it was refused before, and this is the repetition
   * @returns whether to repeat it, in a session that is another one then
   */
  async judge(asked: Asked, generation: number, again: boolean, signal: AbortSignal): Promise<boolean> {
    const outdated = () => generation !== this.#session.generation || !this.#session.isOpen;
    if (outdated()) return !again;
    if (again) {
      this.#mark(asked);
      return false;
    }
    let remedy = remedyForRefusal(this.#facts(asked, this.#touchstone ? 'possible' : 'none'));
    if (remedy === 'check') {
      const check = await abortable(this.#check(), signal);
      if (outdated()) return true;
      remedy = remedyForRefusal(this.#facts(asked, check));
      if (check === 'holds') this.#mark(asked);
    }
    if (remedy === 'suspicion') {
      const now = this.#clock.now();
      this.#suspected = [now, ...this.#suspected.filter((at) => now - at < HOUR)];
    }
    if (remedy === 'log-in') this.#spend(this.#isGood(asked) ? asked.name : (this.#touchstone?.name ?? asked.name));
    if (remedy !== 'log-in' && remedy !== 'suspicion') return false;
    this.#session.lose(generation);
    return true;
  }

  #facts(asked: Asked, check: RefusalFacts['check']): RefusalFacts {
    const { name } = asked;
    const now = this.#clock.now();
    const refused = this.#refused.get(name);
    return {
      succeeded: this.#isGood(asked),
      refusedFor: refused && now - refused.at,
      proven: this.#proven === this.#session.generation,
      check,
      checkSucceeded: this.#touchstone !== undefined && this.#isGood(this.#touchstone),
      known: this.#known,
      suspicions: this.#suspected.filter((at) => now - at < HOUR).length,
      suspectedFor: now - (this.#suspected[0] ?? -Infinity),
    };
  }

  /** It worked before, and no login was spent on it lately. */
  #isGood({ name, key }: Asked): boolean {
    return this.#succeeded.has(key) && this.#clock.now() - (this.#spent.get(name) ?? -Infinity) >= REFUSAL_HOLDS;
  }

  #spend(name: string): void {
    this.#spent.delete(name);
    this.#spent.set(name, this.#clock.now());
    if (this.#spent.size > limits.session.refusals) this.#spent.delete(first(this.#spent.keys()));
  }

  /** One check at a time, shared by all who doubt. */
  #check(): Promise<RefusalFacts['check']> {
    this.#checking ??= this.#ask().finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  async #ask(): Promise<RefusalFacts['check']> {
    const touchstone = this.#touchstone;
    if (!touchstone) return 'none';
    const { generation } = this.#session;
    const answer = await touchstone.ask('session');
    if (answer === 'refused') return 'lost';
    if (answer === 'unclear') return 'unclear';
    touchstone.proven ||= (await touchstone.ask('nothing')) === 'refused';
    if (touchstone.proven) {
      this.succeeded(touchstone, generation);
      return 'holds';
    }
    if (this.#touchstone === touchstone) this.#touchstone = undefined;
    this.#open.add(touchstone.key);
    if (this.#open.size > limits.session.requests) this.#open.delete(first(this.#open));
    return 'none';
  }

  #mark({ name, key }: Asked): void {
    this.#succeeded.delete(key);
    const now = this.#clock.now();
    const before = this.#refused.get(name);
    // Not renewed before its time: it must be able to end.
    if (before && now - before.at < REFUSAL_HOLDS) return;
    this.#refused.delete(name);
    this.#refused.set(name, { at: now, key });
    if (this.#refused.size > limits.session.refusals) this.#refused.delete(first(this.#refused.keys()));
  }
}

/** The key of a request: the same for the very same request only. */
export function keyOf({ method, path, body = '' }: WireRequest): string {
  return `${method} ${path} ${createHash('sha256').update(body).digest('base64')}`;
}

function first(keys: Iterable<string>): string {
  for (const key of keys) return key;
  return '';
}
