import { parseCookie } from 'undici';
import { type LimitName, limits } from '../limits.js';

/** What a header field may hold (RFC 9110, 5.5). */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The cookies of one NVR. It serves one site, so paths and domains do not matter; nor do dates, since recorders' clocks
 * are often wrong: whether a session still holds is for the NVR to say.
 */
export class CookieJar {
  readonly #cookies = new Map<string, string>();
  readonly #exceeds: (limit: LimitName, what: string) => void;

  /** @param exceeds is told which limit a cookie breaks, and what becomes of it */
  constructor(exceeds: (limit: LimitName, what: string) => void = () => undefined) {
    this.#exceeds = exceeds;
  }

  /** Takes the `Set-Cookie` lines of a reply. */
  store(lines: readonly string[]): void {
    for (const line of lines) {
      const cookie = parseCookie(line);
      // The library takes none that is so long.
      if (!cookie && line.length > limits.cookie.bytes) this.#exceeds('cookie.bytes', 'one is passed over');
      if (cookie && SENDABLE.test(cookie.name + cookie.value)) this.#take(cookie.name, cookie.value, cookie.maxAge);
    }
  }

  #take(name: string, value: string, maxAge: number | undefined): void {
    const removed = value === '' || (maxAge !== undefined && maxAge <= 0);
    // What is set anew is the newest.
    this.#cookies.delete(name);
    if (!removed) this.#cookies.set(name, value);
    this.#forgetOldest();
  }

  /** A device that names ever new cookies must not fill the memory, nor the header. */
  #forgetOldest(): void {
    let bytes = [...this.#cookies].reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    for (const [name, value] of this.#cookies) {
      const broken = this.#cookies.size > limits.cookie.count ? 'cookie.count' : 'cookie.bytes';
      if (broken === 'cookie.bytes' && bytes <= limits.cookie.bytes) return;
      this.#exceeds(broken, 'the oldest is forgotten');
      this.#cookies.delete(name);
      bytes -= name.length + value.length;
    }
  }

  clear(): void {
    this.#cookies.clear();
  }

  /** The `Cookie` header, empty where there is nothing to send. */
  get headers(): Readonly<Record<string, string>> {
    if (this.#cookies.size === 0) return {};
    return { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
  }
}
