/** Longest text that HomeKit takes for a name, in UTF-16 units. */
const MAX_NAME_LENGTH = 64;

/**
 * The nearest name that HomeKit accepts: letters, digits, spaces and common punctuation, with a letter or digit at
 * both ends. `fallback` where nothing is left.
 */
export function homekitName(text: string | undefined, fallback: string): string {
  const name = (text ?? '')
    .replace(/[^\p{L}\p{N}\p{Zs}\u2019'&!._:;()/,-]/gu, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, MAX_NAME_LENGTH)
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  return name.length > 1 ? name : name === '' ? fallback : `${fallback} ${name}`;
}

/** The leading `x.y.z` of a device's version text; HomeKit takes nothing else. */
export function firmwareRevision(text: string | undefined): string {
  const [major, minor = '0', revision = '0'] = /\d+(\.\d+){0,2}/.exec(text ?? '')?.[0].split('.') ?? ['0'];
  return `${major}.${minor}.${revision}`;
}

/** Text of the accessory information, or `fallback`: HomeKit takes no empty one, and serial numbers from 2 characters. */
export function informationText(text: string | undefined, fallback: string): string {
  const trimmed = (text ?? '').trim().slice(0, MAX_NAME_LENGTH);
  return trimmed.length > 1 ? trimmed : fallback;
}
