/** What rings a doorbell. */
export type Ringer =
  /** An alarm input of the NVR. */
  | { readonly by: 'pin'; readonly pin: number }
  /** A type of event of the camera; its alarm input is `InputAlarm` (SDK 4.5). */
  | { readonly by: 'event'; readonly type: string };

/** Type of the event of a camera's own alarm inputs. */
export const INPUT_EVENT = 'InputAlarm';

/** "input 3", "input", or a type of event; `undefined`: none of these. */
export function readRinger(text: string): Ringer | undefined {
  const [, pin] = /^(?:input|di)\s*#?\s*(\d{1,5})$/i.exec(text) ?? [];
  if (pin !== undefined) return Number(pin) > 0 ? { by: 'pin', pin: Number(pin) } : undefined;
  if (/^input$/i.test(text)) return { by: 'event', type: INPUT_EVENT };
  return /^[\w-]{1,64}$/.test(text) ? { by: 'event', type: text } : undefined;
}
