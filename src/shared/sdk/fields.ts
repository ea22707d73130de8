import { Type, type TSchema } from 'typebox';
import { limits } from '../limits.js';

/** Number of a camera on the NVR, from 1. */
export const ChannelID = Type.Integer({
  minimum: 1,
  maximum: limits.nvr.channel,
  title: 'Channel',
  description: 'Number of the camera on the NVR, from 1.',
  picks: 'channel',
  examples: [1],
});

/** Number of a camera, or 0 for the NVR itself. */
export const ChannelOrNvrID = Type.Integer({
  minimum: 0,
  maximum: limits.nvr.channel,
  title: 'Channel',
  description: 'Number of the camera on the NVR, from 1; 0 is the NVR itself.',
  picks: 'channel',
  examples: [1],
});

/** 0 is the main stream, 1 the sub stream (3.1, 3.3, 9.12). */
export const StreamID = Type.Integer({
  minimum: 0,
  maximum: 1,
  title: 'Stream',
  description: '0: main stream, 1: second (sub) stream.',
  words: { main: 0, sub: 1 },
});

/** UTC Unix time in seconds. */
export function epochSeconds(title: string, description: string) {
  return Type.Integer({ minimum: 0, maximum: 99_999_999_999, title, description, unit: 's', format: 'epoch-seconds' });
}

/** UTC Unix time in milliseconds, as far as seconds go: a Date of it is one, and so is what a time zone makes of it. */
export function epochMilliseconds(title: string, description: string) {
  return Type.Integer({
    minimum: 0,
    maximum: 99_999_999_999_999,
    title,
    description,
    unit: 'ms',
    format: 'epoch-milliseconds',
  });
}

/** Text that the device reports. */
export function text(title: string, description: string, examples: string[] = []) {
  return Type.String({ title, description, ...(examples.length > 0 && { examples }) });
}

/**
 * Text that tells of make, model and settings, never of the owner or his house. Any other text is replaced in a capture,
 * which goes to strangers (`diagnosis/capture`).
 */
export function plain(title: string, description: string, examples: string[] = []) {
  return Type.String({ ...text(title, description, examples), harmless: true });
}

/** A password; forms hide what is typed. */
export function password(title: string, description: string) {
  return Type.String({ title, description, format: 'password' });
}

/** Yes or no. */
export function flag(title: string, description: string) {
  return Type.Boolean({ title, description });
}

/** A device's reply may lack it. */
export function maybe<S extends TSchema>(schema: S) {
  return Type.Optional(schema);
}
