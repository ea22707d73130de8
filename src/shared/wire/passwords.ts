import { isFields } from './fields.js';

/** Whether a field of that name holds a password, as the document or a device names it (7.1, 7.11, 10.28). */
export function isPassword(name: string): boolean {
  return /(password|passwd|pwd)$/i.test(name);
}

/** Every password in what is sent, wherever it stands. */
export function passwordsIn(sent: unknown): readonly string[] {
  if (Array.isArray(sent)) return sent.flatMap(passwordsIn);
  if (!isFields(sent) || sent instanceof Uint8Array) return [];
  return Object.entries(sent).flatMap(([name, value]) =>
    typeof value === 'string' && isPassword(name) ? [value] : passwordsIn(value),
  );
}

/**
 * Settings without the passwords that the NVR did not tell: a masked one (`****`), or a yes, stands for one that it
 * keeps to itself, and would replace it if it were written back. An empty one is a value: there is none (7.1).
 */
export function withoutHiddenPasswords(settings: unknown): unknown {
  if (Array.isArray(settings)) return settings.map(withoutHiddenPasswords);
  if (!isFields(settings)) return settings;
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([name, value]) => !(isPassword(name) && isHidden(value)))
      .map(([name, value]) => [name, withoutHiddenPasswords(value)]),
  );
}

/** Settings without any password. */
export function withoutPasswords(settings: unknown): unknown {
  if (Array.isArray(settings)) return settings.map(withoutPasswords);
  if (!isFields(settings)) return settings;
  const fields = Object.entries(settings).filter(([name]) => !isPassword(name));
  return Object.fromEntries(fields.map(([name, value]) => [name, withoutPasswords(value)]));
}

/** Settings without the passwords that another reading of them does not tell. */
export function withoutUntoldPasswords(settings: unknown, reading: unknown): unknown {
  if (Array.isArray(settings)) {
    return settings.map((item, index) => withoutUntoldPasswords(item, Array.isArray(reading) ? reading[index] : {}));
  }
  if (!isFields(settings)) return settings;
  const told = isFields(reading) ? reading : {};
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => !isPassword(name) || Object.hasOwn(told, name))
      .map(([name, value]) => [name, withoutUntoldPasswords(value, told[name])]),
  );
}

/** Some tell whether there is one (10.5). */
function isHidden(value: unknown): boolean {
  return value === null || typeof value === 'boolean' || (typeof value === 'string' && /^[*•●]+$/.test(value.trim()));
}
