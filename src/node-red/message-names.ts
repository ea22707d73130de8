import { folded } from './words.js';

/** What a camera event is of; any other text is a type of event as the NVR writes it. */
export const kinds = {
  motion: 'Motion',
  input: 'InputAlarm',
  videoLoss: 'VideoLoss',
  online: undefined,
  recording: undefined,
} as const satisfies Readonly<Record<string, string | undefined>>;

/** What messages call a type of event. */
export function kindOf(type: string): string {
  return Object.entries(kinds).find(([, known]) => known && folded(known) === folded(type))?.[0] ?? type;
}

/** The type of event, as the NVR writes it, that a kind is. */
export function typeOf(kind: string): string {
  const known = Object.entries(kinds).find(([name]) => folded(name) === folded(kind))?.[1];
  return known ?? kind;
}

/** `site/camera/kind`: what stands between two slashes holds nothing that a broker reads as more. */
export function topicOf(...levels: readonly string[]): string {
  return levels.map((level) => level.replace(/[/+#\0]/g, '_')).join('/');
}
