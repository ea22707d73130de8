import { parseCookie } from 'undici';

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
      const removed = cookie.value === '' || (cookie.maxAge !== undefined && cookie.maxAge <= 0);
      if (removed) this.#cookies.delete(cookie.name);
      else this.#cookies.set(cookie.name, cookie.value);
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
