import { createHash } from 'node:crypto';
import { limits } from '../../limits.js';
import { isPassword } from '../../wire/passwords.js';

/** What was replaced, in the words in which a person is told. */
export type Secret = 'passwords' | 'user names' | 'names' | 'addresses' | 'serial numbers' | 'sessions' | 'other texts';

const ADDRESS = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])/;
const MAC = /(?<![0-9a-f])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![0-9a-f])/i;
const PIECES = new RegExp(`(${ADDRESS.source}|${MAC.source})`, 'gi');

/** What a field of that name and with that text holds. */
export function secretIn(name: string, text: string): Secret {
  if (isPassword(name)) return 'passwords';
  if (MAC.test(text) || ADDRESS.test(text) || /(^|_)ip|address|host|server|gateway|dns|domain|mac/i.test(name))
    return 'addresses';
  if (/user/i.test(name)) return 'user names';
  if (/serial/i.test(name)) return 'serial numbers';
  if (/name|label|ssid|comment/i.test(name)) return 'names';
  return /cookie|session|nonce|token|response/i.test(name) ? 'sessions' : 'other texts';
}

/** Texts that are looked through for secrets. */
const LOOKS = 2 * limits.capture.secrets;
/** UTF-16 units from which on a secret can be told from a word, and is looked for also within other texts. */
const SHORTEST = 3;
const TELLING = 6;

/**
 * What stands for each secret: of the same length and kinds of characters (but for passwords), the same each time, and
 * made of nothing but the number of secrets so far, so that nothing leads back.
 */
export class StandIns {
  readonly #known = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #kinds = new Map<string, Secret>();
  /** What no text that stays may be, and in lower case, what none may hold. */
  readonly #banned = new Set<string>();
  readonly #telling: string[] = [];
  #seed = 0;
  #looks = 0;

  /** How many different ones of each kind there are. */
  get counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const kind of this.#kinds.values()) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  /** What stands for the account that is used: no text may stay that holds it in any form in which it travels. */
  ofAccount(text: string, secret: Secret): string {
    const bytes = Buffer.from(text);
    const digests = ['md5', 'sha1', 'sha256'].map((name) => createHash(name).update(text).digest());
    const forms = [
      encodeURIComponent(text),
      ...[bytes, ...digests].flatMap((one) => [one.toString('hex'), one.toString('base64')]),
    ];
    if (text.length >= SHORTEST) this.#telling.push(...forms.map((form) => form.replace(/=+$/, '').toLowerCase()));
    return this.of(text, secret);
  }

  /** What stands for a text: addresses in it are replaced each for itself. */
  of(text: string, secret: Secret): string {
    if (!MAC.test(text) && !ADDRESS.test(text)) return this.#one(text, secret);
    return text
      .split(PIECES)
      .map((piece, index) => this.#one(piece, index % 2 === 1 ? 'addresses' : secret))
      .join('');
  }

  /** Whether a text that is to stay is, or holds, one of the secrets. */
  betrays(text: string): boolean {
    // Without end is looked for by nobody; a recorder has some thousand texts.
    if (this.#banned.has(text) || (this.#looks += 1) > LOOKS) return true;
    const lower = text.slice(0, limits.capture.kept).toLowerCase();
    return this.#telling.some((secret) => lower.includes(secret));
  }

  #one(secret: string, kind: Secret): string {
    let known = this.#known.get(secret) ?? this.#new(secret, kind);
    if (kind === 'passwords' && this.#kinds.get(secret) !== kind && known !== secret) {
      known = this.#password(secret);
      this.#known.set(secret, known);
    }
    // It is one in whatever field it came first; of those that the document does not know, nobody can tell.
    if (kind !== 'other texts' && known !== secret) this.#ban(secret, kind);
    return known;
  }

  #new(secret: string, kind: Secret): string {
    if (!/[\p{L}\p{N}]/u.test(secret) || /^(0\.0\.0\.0|255\.[\d.]+)$/.test(secret)) return secret;
    const make = () => (kind === 'passwords' ? this.#password(secret) : this.#make(secret));
    let made = make();
    for (let tries = 0; tries < 20 && (made === secret || this.#taken.has(made)); tries++) made = make();
    if (this.#known.size >= limits.capture.secrets) return made;
    this.#known.set(secret, made);
    this.#taken.add(made);
    this.#kinds.set(secret, kind);
    return made;
  }

  /** How long one is, and of what, is nobody's business either; one of digits may stand there without quotes. */
  #password(secret: string): string {
    this.#seed += 1;
    return /^\d+$/.test(secret) ? String(10_000_000 + this.#seed) : `Passw0rd-${this.#seed}`;
  }

  #ban(secret: string, kind: Secret): void {
    if (this.#banned.has(secret) || this.#banned.size >= limits.capture.telling) return;
    if (secret.length >= SHORTEST) this.#banned.add(secret);
    if (secret.length >= TELLING) this.#telling.push(secret.toLowerCase());
    this.#kinds.set(secret, kind);
  }

  #make(secret: string): string {
    const random = randomFrom((this.#seed += 1));
    // 198.18.0.0/15 is for tests (RFC 2544); addresses with bit 1 of the first byte are nobody's (RFC 7042).
    if (new RegExp(`^${ADDRESS.source}$`).test(secret)) return `198.18.${random(256)}.${random(256)}`;
    if (new RegExp(`^${MAC.source}$`, 'i').test(secret))
      return secret.replace(/[0-9a-f]{2}/gi, (_, at: number) =>
        at === 0 ? '02' : random(256).toString(16).padStart(2, '0'),
      );
    const letters = /^[0-9a-f:-]{8,}$/i.test(secret) ? 6 : 26;
    let number = /^-?[1-9]/.test(secret);
    return secret.replace(/[\p{L}\p{N}]|\p{Extended_Pictographic}/gu, (sign) => {
      if (/\d/.test(sign)) {
        const digit = number ? 1 + random(9) : random(10);
        number = false;
        return String(digit);
      }
      if (/[a-z]/.test(sign)) return String.fromCharCode(97 + random(letters));
      if (/[A-Z]/.test(sign)) return String.fromCharCode(65 + random(letters));
      if (sign.length > 1) return '🔹';
      return sign < '\u0800' ? 'äéîöñøß'.charAt(random(7)) : '甲乙丙丁戊己庚'.charAt(random(7));
    });
  }
}

/** Numbers below a bound, by mulberry32: the same for the same seed. */
function randomFrom(seed: number): (bound: number) => number {
  let state = Math.imul(seed, 0x9e3779b1);
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}
