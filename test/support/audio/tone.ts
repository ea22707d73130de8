import { encodeMuLaw } from '../../../src/shared/codec/mu-law.js';

/** Hz of what the NVR plays. */
const RATE = 8000;

/** ITU-T G.711 the other way round, −1 to 1. */
export function linearOf(muLaw: Buffer): Float64Array {
  return Float64Array.from(muLaw, (byte) => {
    const code = ~byte & 0xff;
    const magnitude = ((((code & 0x0f) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
    return (code & 0x80 ? -magnitude : magnitude) / 32_768;
  });
}

/** Root mean square, 0 to 1: that of a sine is its amplitude by √2. */
export function loudness(muLaw: Buffer): number {
  const samples = linearOf(muLaw);
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** Which part of the power is at that frequency (Goertzel), 0 to 1. */
export function shareOf(hertz: number, muLaw: Buffer): number {
  const samples = linearOf(muLaw);
  const factor = 2 * Math.cos((2 * Math.PI * hertz) / RATE);
  let [one, two, power] = [0, 0, 0];
  for (const sample of samples) {
    [one, two] = [sample + factor * one - two, one];
    power += sample * sample;
  }
  const found = one * one + two * two - factor * one * two;
  return power === 0 ? 0 : (2 * found) / (samples.length * power);
}

/** The parts of 20 ms in which that tone and nothing else is heard, on end: gaps do not count, nor do jumps. */
export function toneIn(hertz: number, muLaw: Buffer): Buffer {
  const frames = Array.from({ length: Math.floor(muLaw.length / 160) }, (_, at) =>
    muLaw.subarray(at * 160, (at + 1) * 160),
  );
  return Buffer.concat(frames.filter((frame) => loudness(frame) > 0.003 && shareOf(hertz, frame) > 0.8));
}

/** A tone as an NVR sends it. */
export function muLawSine(hertz: number, seconds: number): Buffer {
  const samples = Int16Array.from({ length: seconds * RATE }, (_, at) => {
    return 0.5 * 32_767 * Math.sin((2 * Math.PI * hertz * at) / RATE);
  });
  return encodeMuLaw(Buffer.from(samples.buffer));
}
