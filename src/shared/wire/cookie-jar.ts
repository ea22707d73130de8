import { parseCookie } from 'undici';
import { limits } from '../limits.js';

/** What a header field may hold (RFC 9110, 5.5). */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The cookies of one NVR. It serves one site, so paths and domains do not matter; nor do dates, since recorders' clocks
 * are often wrong: whether a session still holds is for the NVR to say.
 */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** Takes the `Set-Cookie` lines of a reply. */
  store(lines: readonly string[]): void {
    for (const line of lines) {
      const cookie = parseCookie(line);
      if (!cookie) continue;
      const { name, value } = cookie;
      if (!SENDABLE.test(name + value) || name.length + value.length > limits.cookie.bytes) continue;
      const removed = cookie.value === '' || (cookie.maxAge !== undefined && cookie.maxAge <= 0);
      // What is set anew is the newest.
      this.#cookies.delete(name);
      if (!removed) this.#cookies.set(name, value);
      this.#forgetOldest();
    }
  }

  /** A device that names ever new cookies must not fill the memory, nor the header. */
  #forgetOldest(): void {
    let bytes = [...this.#cookies].reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    for (const [name, value] of this.#cookies) {
      if (this.#cookies.size <= limits.cookie.count && bytes <= limits.cookie.bytes) return;
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
