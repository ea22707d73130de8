import { chromaOf, COLUMNS, drawCells, ROWS, type Scene } from './drawing.js';
import { PICTURES, PICTURES_PER_SECOND } from './loop.js';

/** Pixels a cell: the size of a JPEG block, so that a block is one value and needs no transform. */
const CELL = 8;
/** Quantised by this, the DC coefficient of a flat block is just its level (ITU-T T.81, A.3.3: eight times the mean). */
const QUANTISER = 8;

/**
 * What a camera's sub stream shows at a time, as a JPEG.
 *
 * @param time ms since 1970 UTC
 * @param local the same where the NVR stands, `2019-09-16 12:54:33.430`
 */
export function stillAt(channel: number, time: number, local: string): Buffer {
  const picture = Math.floor((time * PICTURES_PER_SECOND) / 1000) % PICTURES;
  return drawStill({ channel, stream: 1, picture, time: local.slice(11, 19), timeSize: 1 });
}

/** The picture as a JPEG of 640 x 360 pixels. */
function drawStill(scene: Scene): Buffer {
  const { cb, cr } = chromaOf(scene.channel);
  const bits = new BitWriter();
  const previous = [0, 0, 0];
  for (const luma of drawCells(scene)) {
    [luma, cb, cr].forEach((value, component) => {
      const level = value - 128;
      writeDifference(bits, level - (previous[component] ?? 0));
      previous[component] = level;
      // End of block: all other coefficients are 0.
      bits.put(0, 1);
    });
  }
  return Buffer.concat([HEADERS, bits.end(), Buffer.from([0xff, 0xd9])]);
}

/** Category of the difference, and as many bits of it (T.81, F.1.2.1). */
function writeDifference(bits: BitWriter, difference: number): void {
  const category = 32 - Math.clz32(Math.abs(difference));
  bits.put(category, CATEGORY_BITS);
  bits.put(difference < 0 ? difference + 2 ** category - 1 : difference, category);
}

/** All categories have codes of one length. */
const CATEGORY_BITS = 4;
const CATEGORIES = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/** Entropy-coded data: highest bit first, a zero byte stuffed behind each 0xFF (T.81, F.1.2.3). */
class BitWriter {
  readonly #bytes: number[] = [];
  #pending = 0;
  #count = 0;

  put(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit -= 1) {
      this.#pending = (this.#pending << 1) | ((value >> bit) & 1);
      this.#count += 1;
      if (this.#count === 8) this.#flush();
    }
  }

  /** What was written, filled up with ones. */
  end(): Buffer {
    while (this.#count > 0) this.put(1, 1);
    return Buffer.from(this.#bytes);
  }

  #flush(): void {
    this.#bytes.push(this.#pending);
    if (this.#pending === 0xff) this.#bytes.push(0);
    this.#pending = 0;
    this.#count = 0;
  }
}

function segment(marker: number, content: readonly number[]): Buffer {
  const length = content.length + 2;
  return Buffer.from([0xff, marker, length >> 8, length & 0xff, ...content]);
}

/** A Huffman table whose symbols all have codes of `bits` bits. */
function huffman(kind: number, bits: number, symbols: readonly number[]): readonly number[] {
  const counts = Array.from({ length: 16 }, (_, index) => (index + 1 === bits ? symbols.length : 0));
  return [kind, ...counts, ...symbols];
}

const [width, height] = [COLUMNS * CELL, ROWS * CELL];

/** Baseline JPEG (T.81, annex B), three components of one sampling, one table of each kind. */
const HEADERS = Buffer.concat([
  Buffer.from([0xff, 0xd8]),
  segment(0xe0, [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
  segment(0xdb, [0, ...Array<number>(64).fill(QUANTISER)]),
  segment(0xc0, [8, height >> 8, height & 0xff, width >> 8, width & 0xff, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]),
  segment(0xc4, huffman(0x00, CATEGORY_BITS, CATEGORIES)),
  segment(0xc4, huffman(0x10, 1, [0])),
  segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
]);
