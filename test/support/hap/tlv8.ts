/** A TLV8 field: type and value (HAP R2, 14.1). */
export type Tlv = readonly [type: number, value: Buffer | number | readonly Tlv[]];

/** Fields one after the other; a value over 255 bytes is split. A number is one byte. */
export function encodeTlv(fields: readonly Tlv[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([type, value]) => {
      const bytes = Buffer.isBuffer(value)
        ? value
        : typeof value === 'number'
          ? Buffer.from([value])
          : encodeTlv(value);
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length || at === 0; at += 255) {
        const piece = bytes.subarray(at, at + 255);
        pieces.push(Buffer.from([type, piece.length]), piece);
      }
      return pieces;
    }),
  );
}

/** Values by type; a type that comes again right after a piece of 255 bytes goes on, otherwise it is another value. */
export function decodeTlv(bytes: Buffer): ReadonlyMap<number, readonly Buffer[]> {
  const fields = new Map<number, Buffer[]>();
  let goesOn = -1;
  for (let at = 0; at + 2 <= bytes.length;) {
    const [type, length] = [bytes.readUInt8(at), bytes.readUInt8(at + 1)];
    const piece = bytes.subarray(at + 2, at + 2 + length);
    const values = fields.get(type) ?? [];
    if (goesOn === type) values.push(Buffer.concat([values.pop() ?? Buffer.alloc(0), piece]));
    else values.push(piece);
    fields.set(type, values);
    goesOn = length === 255 ? type : -1;
    at += 2 + length;
  }
  return fields;
}

/** The one value of that type. @throws where there is none */
export function field(fields: ReadonlyMap<number, readonly Buffer[]>, type: number): Buffer {
  const value = fields.get(type)?.[0];
  if (!value) throw new Error(`no TLV field ${type}`);
  return value;
}
