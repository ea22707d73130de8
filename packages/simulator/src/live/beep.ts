/** ms of sound in one frame */
export const AUDIO_FRAME_DURATION = 40;

const SAMPLE_RATE = 8000;
const FRAME_SAMPLES = (AUDIO_FRAME_DURATION * SAMPLE_RATE) / 1000;
const FRAMES_PER_SECOND = 1000 / AUDIO_FRAME_DURATION;
/** The beep fills so many frames from every full second on. */
const BEEP_FRAMES = 3;
const AMPLITUDE = 12_000;

/** Pitch of a channel's beep, Hz: 500 for channel 1, 100 more for each further one. */
export function pitchOf(channel: number): number {
  return 400 + 100 * channel;
}

/** One second of G.711 µ-law, as frames of 40 ms: a short beep at its very start, then silence. */
export function beepSecond(channel: number): readonly Buffer[] {
  return Array.from({ length: FRAMES_PER_SECOND }, (_, frame) => {
    if (frame >= BEEP_FRAMES) return SILENCE;
    return Buffer.from(
      Array.from({ length: FRAME_SAMPLES }, (__, sample) => {
        const time = (frame * FRAME_SAMPLES + sample) / SAMPLE_RATE;
        return muLaw(Math.round(AMPLITUDE * Math.sin(2 * Math.PI * pitchOf(channel) * time)));
      }),
    );
  });
}

const BIAS = 0x84;
const CLIP = 32_635;

const SILENCE = Buffer.alloc(FRAME_SAMPLES, muLaw(0));

/** 16-bit linear to µ-law (ITU-T G.711). */
function muLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}
