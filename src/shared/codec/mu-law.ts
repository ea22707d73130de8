import { InvalidParameterError } from '../errors.js';

/** Added before the logarithm, so that its smallest step is a whole one (ITU-T G.711). */
const BIAS = 0x84;
const CLIP = 0x7fff - BIAS;
/** What a silent line carries. */
export const MU_LAW_SILENCE = 0xff;

/**
 * G.711 µ-law of 16-bit linear samples (PCM, little-endian, mono, 8 kHz), as the NVR wants them for talk.
 * @throws {@link InvalidParameterError} for half a sample
 */
export function encodeMuLaw(pcm: Buffer): Buffer {
  if (pcm.length % 2 !== 0) throw new InvalidParameterError('pcm', 'must be whole samples of 16 bits');
  const bytes = Buffer.alloc(pcm.length / 2);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = encodeSample(pcm.readInt16LE(index * 2));
  return bytes;
}

/** Sign, exponent and mantissa, all inverted. */
function encodeSample(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  // The highest bit that is set, from 7 on.
  const exponent = 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

/** The linear value of each µ-law sample. */
function decodeSample(sample: number): number {
  const bits = ~sample & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) | BIAS) << ((bits >> 4) & 7)) - BIAS;
  return bits & 0x80 ? -magnitude : magnitude;
}

/** What becomes of each of the 256 µ-law samples when the amplitude is multiplied by `gain` (0 to 1). */
export function gainOfMuLaw(gain: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, sample) => encodeSample(Math.trunc(decodeSample(sample) * gain)));
}
