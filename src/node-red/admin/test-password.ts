import { FlowError } from '../errors.js';

/** What the editor sends in place of a password that was stored before. */
export const unchanged = '__PWRD__';

/** A password and the `host:port` that it is for. */
export interface PasswordFor {
  readonly address: string;
  readonly password: string | undefined;
}

/**
 * The password to test with: the typed one, or the stored one for the very address that it was stored for.
 * Otherwise whoever may press the button could have a stored password sent to a host of their choice.
 *
 * @throws FlowError `NOT_CONFIGURED`
 */
export function passwordToTest(typed: PasswordFor, stored: PasswordFor | undefined): string {
  if (typed.password !== undefined && typed.password !== unchanged) return typed.password;
  if (stored?.password !== undefined && stored.address === typed.address) return stored.password;
  throw new FlowError('NOT_CONFIGURED', 'type the password again: the stored one belongs to another address');
}
