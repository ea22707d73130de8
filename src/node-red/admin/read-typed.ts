import { InvalidParameterError } from '../../shared/index.js';
import { limits } from '../../shared/internal.js';
import type { Account } from './settle-test.js';

/** What is typed into the form of `everfocus-nvr`, deployed or not. */
export interface TypedNvr extends Account {
  /** Id of the node in the editor. */
  readonly id: string;
}

/**
 * What a browser sent as typed: texts of a bounded length, whatever it was.
 *
 * @throws InvalidParameterError
 */
export function readTyped(body: unknown): TypedNvr {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  const text = (name: string): string => {
    const value = Object.hasOwn(fields, name) ? (fields[name] ?? '') : '';
    if (typeof value !== 'string' && typeof value !== 'number') throw new InvalidParameterError(name, 'must be text');
    if (String(value).length <= limits.editor.field) return String(value);
    throw new InvalidParameterError(name, `must have ${limits.editor.field} characters at most`);
  };
  return {
    id: text('id'),
    config: {
      host: text('host'),
      port: text('port'),
      https: fields['https'] === true,
      fingerprint: text('fingerprint'),
    },
    credentials: {
      ...(fields['username'] !== undefined && { username: text('username') }),
      ...(fields['password'] !== undefined && { password: text('password') }),
    },
  };
}
