/** Bytes (samples) of µ-law per ms. */
export const SAMPLES_PER_MS = 8;
/** Timestamps that are off by less are jitter of the NVR's clock, not a gap. ms */
export const JITTER = 60;
/** A gap longer than this is not filled: sound starts anew after it. ms */
const MAX_SILENCE = 3000;
/** What to do with the next samples so that the stream of samples stays in step with their timestamps. */
export type AudioStep =
  { readonly kind: 'append'; readonly silence: number; readonly drop: number } | { readonly kind: 'restart' };

/**
 * @param expected media time at which the samples written so far end, ms
 * @param mediaTime of the first of the next samples, ms
 * @param length samples
 */
export function audioStep(expected: number, mediaTime: number, length: number): AudioStep {
  const gap = mediaTime - expected;
  if (Math.abs(gap) <= JITTER) return { kind: 'append', silence: 0, drop: 0 };
  if (Math.abs(gap) > MAX_SILENCE) return { kind: 'restart' };
  const samples = Math.round(gap * SAMPLES_PER_MS);
  if (samples > 0) return { kind: 'append', silence: samples, drop: 0 };
  return { kind: 'append', silence: 0, drop: Math.min(-samples, length) };
}

/** ms of sound in so many samples. */
export function duration(samples: number): number {
  return samples / SAMPLES_PER_MS;
}
