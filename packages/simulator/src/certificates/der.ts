/** ASN.1 values as X.509 has them on the wire (ITU-T X.690, DER). Written only, never read. */

export const sequence = (...parts: readonly Buffer[]) => value(0x30, ...parts);
export const set = (...parts: readonly Buffer[]) => value(0x31, ...parts);
export const boolean = (yes: boolean) => value(0x01, Buffer.from([yes ? 0xff : 0]));
export const octets = (bytes: Buffer) => value(0x04, bytes);
export const utf8 = (text: string) => value(0x0c, Buffer.from(text));
/** PrintableString: letters, digits and little more. */
export const printable = (text: string) => value(0x13, Buffer.from(text));
/** IA5String: ASCII. */
export const ascii = (text: string) => value(0x16, Buffer.from(text, 'ascii'));
/** A bit string of whole bytes. */
export const bits = (bytes: Buffer) => value(0x03, Buffer.of(0), bytes);
/** A field that is told by its number, `[n]` in the grammar. */
export const tagged = (number: number, part: Buffer) => value(0xa0 + number, part);

/** An integer from 0, of any length. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = first < 0 ? Buffer.of(0) : bytes.subarray(first);
  // The first bit is the sign.
  return value(0x02, ...((significant[0] ?? 0) > 0x7f ? [Buffer.of(0)] : []), significant);
}

/** Dotted, such as `2.5.4.3`. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return value(0x06, Buffer.from([40 * first + second, ...rest].flatMap(septets)));
}

/** ms since 1970-01-01 UTC, to the second: two digits of the year up to 2049, four from then on (RFC 5280, 4.1.2.5). */
export function time(ms: number): Buffer {
  const date = new Date(ms);
  const digits = `${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050 ? value(0x17, Buffer.from(digits.slice(2))) : value(0x18, Buffer.from(digits));
}

function value(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content]);
}

function lengthOf({ length }: Buffer): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}

/** Seven bits a byte, the first bit says that more follow. */
function septets(number: number): number[] {
  const bytes = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 + (rest % 128));
  return bytes;
}
