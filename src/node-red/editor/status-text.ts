import { RED } from './red.js';
import { translated } from './texts.js';

/** A text of the locale catalogue of a node's own file, by its key. */
type Translate = (key: string, ...values: unknown[]) => string;

/** What statuses on the canvas begin with, but for numbers, names of operations and codes of errors. */
const words = {
  connected: translated('connected'),
  connecting: translated('connecting'),
  disconnected: translated('disconnected'),
  interrupted: translated('interrupted'),
  off: translated('off'),
  on: translated('on'),
  paused: translated('paused'),
  silent: translated('silent'),
  stopped: translated('stopped'),
};

/** `connected (3)` in the editor's language; what is no status stays as it is. */
export function statusText(text: string): string {
  return text.replace(
    new RegExp(`^(${Object.keys(words).join('|')})(?=$| \\()`),
    (word) => words[word as keyof typeof words],
  );
}

/**
 * Has the statuses of a type shown in the editor's language. Node-RED sends them as they are, and its editor looks a status
 * up in the texts of the node's file, which number no messages. A release that does not ask there shows them in English.
 *
 * @param type that has been registered
 */
export function showStatusesInLanguage(type: string): void {
  const definition = RED.nodes.getType(type) as { _?: Translate } | undefined;
  const inFile = definition?._;
  if (!definition || !inFile) return;
  definition._ = (key, ...values) => {
    const text = statusText(key);
    return text === key ? inFile(key, ...values) : text;
  };
}
