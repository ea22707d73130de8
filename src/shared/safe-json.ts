/** What steers terminals and the direction of text stays the same value, escaped: JSON itself escapes up to U+001F only. */
const STEERING = /[\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g;

/** JSON that cannot steer the terminal in which somebody looks at it. */
export function safeJson(value: unknown, indent?: number): string {
  return (JSON.stringify(value, bytesAsText, indent) ?? 'null').replace(
    STEERING,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Bytes as base64, not as a list of numbers. */
function bytesAsText(this: unknown, name: string, value: unknown): unknown {
  const original = (this as Readonly<Record<string, unknown>>)[name];
  return Buffer.isBuffer(original) ? original.toString('base64') : value;
}
