import type { Bundle } from './bundle.js';

/** What is in a capture, for the person who is to give it away. */
export interface Contents {
  readonly operations: number;
  /** Questions that have no answer. */
  readonly unanswered: number;
  /** Messages of push sockets, and of live streams, by path. */
  readonly sockets: readonly { readonly path: string; readonly open: boolean; readonly messages: number }[];
  readonly replaced: Bundle['replaced'];
  readonly leftOut: readonly string[];
  readonly pictures: boolean;
}

export function contentsOf({ exchanges, sockets, replaced, leftOut }: Bundle): Contents {
  return {
    operations: new Set(exchanges.map(({ operation }) => operation)).size,
    unanswered: exchanges.filter((exchange) => 'failure' in exchange).length,
    sockets: sockets.map(({ path, status, messages }) => ({ path, open: status === 101, messages: messages.length })),
    ...{ replaced, leftOut },
    pictures:
      exchanges.some((exchange) => 'reply' in exchange && 'base64' in exchange.reply) ||
      sockets.some(({ messages }) => messages.some((message) => message.base64 !== undefined)),
  };
}

/** A capture as a text that people can read and compare: a line for each exchange and message. @param line JSON of a value */
export function bundleText({ exchanges, sockets, ...about }: Bundle, line: (value: unknown) => string): string {
  const list = (values: readonly unknown[]) => `[\n${values.map(line).join(',\n')}\n]`;
  const streams = sockets.map(
    ({ messages, ...socket }) => `${line(socket).slice(0, -1)},"messages":${list(messages)}}`,
  );
  const fields = Object.entries(about).map(([name, value]) => `${line(name)}: ${line(value)}`);
  return `{\n${fields.join(',\n')},\n"exchanges": ${list(exchanges)},\n"sockets": [\n${streams.join(',\n')}\n]\n}\n`;
}
