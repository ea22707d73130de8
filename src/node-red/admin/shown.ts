import { limits } from '../../shared/internal.js';

/** Bytes that are shown of a Buffer. */
const BYTES = 32;

/** As the tree of Node-RED's debug sidebar has what is longer than shown: a mark, what it is, and a part of it. */
interface Cut {
  readonly __enc__: true;
  readonly type: string;
  readonly data: unknown;
  readonly length: number;
}

/** A reply as the editor shows it: JSON of a bounded size, whatever the NVR has answered. */
export function shown(reply: unknown): unknown {
  let left: number = limits.editor.shown;
  let text: number = limits.editor.shownText;
  const { shownOfOne, shownDepth } = limits.editor;

  const show = (value: unknown, depth: number): unknown => {
    left -= 1;
    if (typeof value === 'string') return cut(value);
    if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value);
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (ArrayBuffer.isView(value)) return bytes(value);
    if (depth >= shownDepth || left <= 0) return '…';
    if (Array.isArray(value)) return list(value, depth);
    const fields = Object.entries(value);
    const some = fields.slice(0, Math.max(0, Math.min(shownOfOne, left)));
    // The editor would take it for a mark of its own.
    const own = some.map(([name, field]) => [name === '__enc__' ? '__enc__ ' : cut(name), show(field, depth + 1)]);
    return Object.fromEntries(some.length < fields.length ? [...own, ['…', fields.length - some.length]] : own);
  };
  const cut = (whole: string): string => {
    const some = whole.slice(0, Math.max(0, Math.min(limits.text.line, text)));
    text -= some.length;
    return some.length < whole.length ? `${some}…` : some;
  };
  const list = (items: readonly unknown[], depth: number): unknown => {
    const some = items.slice(0, Math.max(0, Math.min(shownOfOne, left))).map((item) => show(item, depth + 1));
    return some.length === items.length ? some : marked('array', some, items.length);
  };
  return show(reply, 0);
}

function bytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Cut {
  return marked('Buffer', [...new Uint8Array(buffer, byteOffset, Math.min(BYTES, byteLength))], byteLength);
}

function marked(type: string, data: unknown, length: number): Cut {
  return { __enc__: true, type, data, length };
}
