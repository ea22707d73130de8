import type { Static } from 'typebox';
import { cleanText } from '../clean-text.js';
import { limits } from '../limits.js';
import { decode } from '../wire/decode.js';
import { cameraDetail } from '../sdk/cameras.js';
import { type ReplyOf, Type, open } from '../sdk/declaration.js';
import { ChannelID } from '../sdk/fields.js';
import { getNetwork, getPort } from '../sdk/network.js';
import { exceptionListen, messageListen } from '../sdk/notices.js';
import { items } from './messages.js';

/** Something that went wrong at the NVR itself (SDK 10.13). */
export interface NvrException {
  /** An open set: `DiskFull`, `DiskError`. */
  readonly exception: string;
  /** Of `DiskError`: the name of the disk. */
  readonly target?: string;
  /** ms since 1970-01-01 UTC. */
  readonly time?: number;
}

/** What the messages have in common. */
export interface Notice<Name extends string, Content> {
  readonly message: Name;
  /** ms since 1970-01-01 UTC. */
  readonly time?: number;
  /** What the NVR says, with whatever it says besides. */
  readonly content: Content;
}

/**
 * A change that clients should know of (SDK 10.14). Contents may hold passwords. `unknown`: another message than the
 * document names, or a named one whose content is not what it says, untouched.
 */
export type NvrMessage =
  | Notice<'network', ReplyOf<typeof getNetwork>>
  | (Notice<'cameraSubnetMask', { readonly subnetMask: string }> & { readonly channel: number })
  | (Notice<'cameraDetail', ReplyOf<typeof cameraDetail>> & { readonly channel: number })
  | Notice<'portList', ReplyOf<typeof getPort>>
  | Notice<'sysTimeChanged', { readonly sysTimeChanged?: boolean }>
  | Notice<'unknown', Readonly<Record<string, unknown>>>;

/** The exceptions in one message: an object or an array of them. */
export function readExceptions(document: unknown): readonly NvrException[] {
  return items(exceptionListen.message, document).map(({ exception, target, time }) => ({
    exception: cleanText(exception, limits.text.word),
    ...(target !== undefined && { target: cleanText(target, limits.text.name) }),
    ...(time !== undefined && { time }),
  }));
}

/** The messages in one message: an object or an array of them. */
export function readNotices(document: unknown): readonly NvrMessage[] {
  return items(messageListen.message, document).map(
    (received) => readNamed(received) ?? { message: 'unknown', ...timeOf(received), content: received },
  );
}

/** The document's own name, which stands in the content of a message that it does not name. */
export function noticeName({ message, content }: NvrMessage): string {
  const { message: name = message } = message === 'unknown' ? content : {};
  return typeof name === 'string' ? cleanText(name, limits.text.word) : message;
}

/** A newer message of the same key makes the older one worthless. */
export function noticeKey(notice: NvrMessage): string {
  if (notice.message === 'unknown') {
    const { message, target } = notice.content;
    return cleanText(`unknown ${String(message)} ${String(target)}`, 2 * limits.text.word);
  }
  return 'channel' in notice ? `${notice.message} ${notice.channel}` : notice.message;
}

type Received = Static<typeof messageListen.message>;

/** What the document says of the content of each message. */
const contents = {
  network: getNetwork.reply.schema,
  cameraSubnetMask: Type.Object({ subnetMask: Type.String() }, open),
  cameraDetail: cameraDetail.reply.schema,
  portList: getPort.reply.schema,
  sysTimeChanged: Type.Object({ sysTimeChanged: Type.Optional(Type.Boolean()) }, open),
} as const;

function readNamed(received: Received): NvrMessage | undefined {
  const { message, target, content } = received;
  if (!Object.hasOwn(contents, message)) return undefined;
  const decoded = decode(contents[message as keyof typeof contents], content ?? {});
  if (!decoded) return undefined;
  const notice = { message, ...timeOf(received), content: decoded.value };
  // What has just been decoded is of the type that its name promises.
  if (message !== 'cameraSubnetMask' && message !== 'cameraDetail') return notice as NvrMessage;
  const channel = decode(ChannelID, target)?.value;
  return channel === undefined ? undefined : ({ ...notice, channel } as NvrMessage);
}

function timeOf({ time }: Received): { readonly time?: number } {
  return time === undefined ? {} : { time };
}
