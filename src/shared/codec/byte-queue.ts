/** Bytes of the first store; it doubles from there. */
const FIRST_CAPACITY = 4096;

/**
 * Bytes that wait for more, in one piece: however small the pieces in which they come, none of them is kept, and each
 * byte is copied three times at most.
 */
export class ByteQueue {
  #store: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A view, valid until the next {@link put} or {@link keep}. */
  get bytes(): Buffer {
    return this.#store.subarray(0, this.#length);
  }

  put(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (length > this.#store.length) {
      const store = Buffer.allocUnsafeSlow(Math.max(FIRST_CAPACITY, 2 ** Math.ceil(Math.log2(length))));
      this.#store.copy(store, 0, 0, this.#length);
      this.#store = store;
    }
    piece.copy(this.#store, this.#length);
    this.#length = length;
  }

  /** Keeps only this, which may be a part of {@link bytes}. What was taken out of the queue stays as it is. */
  keep(rest: Buffer): void {
    this.#store = rest.length === 0 ? Buffer.alloc(0) : unpinned(rest);
    this.#length = rest.length;
  }
}

/**
 * The same bytes, in a memory of their own where they are a small part of another: whoever keeps some bytes must not
 * keep the large buffer, with which they were received, too.
 */
export function unpinned(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength <= 2 * bytes.length) return bytes;
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
