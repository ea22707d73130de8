import { cleanText } from '../../clean-text.js';
import { limits } from '../../limits.js';
import { inEnglish, listed, type Said, say } from '../../said.js';
import { safeJson } from '../../safe-json.js';
import type { Bundle } from './bundle.js';
import { hasFrames } from './recorder.js';

/** What is in a capture, for the person who is to give it away. */
export interface Contents {
  readonly operations: number;
  /** Questions that have no answer. */
  readonly unanswered: number;
  /** Messages of push sockets, streams and talks, by path. */
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

/** The same in words, below headings. @param size characters of the text */
export function contentsInWords(
  contents: Contents,
  size: number,
): readonly { head: string; lines: readonly string[] }[] {
  return contentsSaid(contents, size).map(({ head, lines }) => ({
    head: inEnglish(head),
    lines: lines.map(inEnglish),
  }));
}

/** The same for every language. */
export function contentsSaid(contents: Contents, size: number): readonly { head: Said; lines: readonly Said[] }[] {
  const { operations, unanswered, sockets, replaced, leftOut, pictures } = contents;
  const closed = sockets.filter(({ open }) => !open).length;
  const streams = sockets.filter(({ path }) => hasFrames(path));
  const live = streams.filter(({ path }) => path.startsWith('/live/')).length;
  const messages = sockets.reduce((sum, socket) => sum + (streams.includes(socket) ? 0 : socket.messages), 0);
  return [
    {
      head: say`What is in it (${Math.ceil(size / 1024)} KiB):`,
      lines: [
        unanswered > 0
          ? say`answers to ${operations} operations; questions without answer: ${unanswered}`
          : say`answers to ${operations} operations`,
        closed > 0
          ? say`${messages} messages of push sockets; sockets that do not open: ${closed}`
          : say`${messages} messages of push sockets`,
        pictures
          ? say`frames of streams (live: ${live}, played: ${streams.length - live}), WITH THEIR PICTURES AND SOUND`
          : say`frames of streams (live: ${live}, played: ${streams.length - live}), their headers only`,
      ],
    },
    {
      head: say`What was replaced by something else:`,
      lines: Object.entries(replaced).map(([what, count]) => say`${say(what)}: ${count}`),
    },
    {
      head: say`What is not in it:`,
      lines: [
        say`cookies, passwords and all other secrets of this connection`,
        ...leftOut.map((what) => saidOf(cleanText(what, limits.text.words))),
      ],
    },
  ];
}

/** `playback: the NVR told of …`: a name, and why. */
function saidOf(leftOut: string): Said {
  const [, name, why] = /^([\w ]+): (.+)$/.exec(leftOut) ?? [];
  return name === undefined || why === undefined ? say(leftOut) : listed([name, say(why)], ': ');
}

/** What a capture is called as a file. */
export function bundleName({ made }: Pick<Bundle, 'made'>): string {
  return `everfocus-capture-${made.slice(0, 16).replace(/\D/g, '')}.json`;
}

/** A capture as a text that people can read and compare: a line for each exchange and message. */
export function bundleText({ exchanges, sockets, ...about }: Bundle): string {
  const line = (value: unknown) => safeJson(value);
  const list = (values: readonly unknown[]) => `[\n${values.map(line).join(',\n')}\n]`;
  const streams = sockets.map(
    ({ messages, ...socket }) => `${line(socket).slice(0, -1)},"messages":${list(messages)}}`,
  );
  const fields = Object.entries(about).map(([name, value]) => `${line(name)}: ${line(value)}`);
  return `{\n${fields.join(',\n')},\n"exchanges": ${list(exchanges)},\n"sockets": [\n${streams.join(',\n')}\n]\n}\n`;
}
