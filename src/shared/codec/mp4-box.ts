/** Fields of a box, one after the other; a number in a list of them is a byte. */
export type BoxPart = Buffer | readonly number[];

/** A box (ISO/IEC 14496-12, 4.2): length, type, contents. */
export function box(type: string, ...parts: readonly BoxPart[]): Buffer {
  const contents = parts.map((part) => (Buffer.isBuffer(part) ? part : Buffer.from(part)));
  const length = contents.reduce((sum, part) => sum + part.length, 8);
  return Buffer.concat([u32(length), Buffer.from(type, 'latin1'), ...contents], length);
}

/** A box with version and flags. */
export function fullBox(type: string, version: number, flags: number, ...parts: readonly BoxPart[]): Buffer {
  return box(type, [version, flags >> 16, (flags >> 8) & 0xff, flags & 0xff], ...parts);
}

export function zeros(count: number): Buffer {
  return Buffer.alloc(count);
}

export function text(characters: string): Buffer {
  return Buffer.from(characters, 'latin1');
}

export function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, index) => bytes.writeUInt16BE(value, 2 * index));
  return bytes;
}

export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
  return bytes;
}

export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
