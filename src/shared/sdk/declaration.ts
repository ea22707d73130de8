import type { Readable } from 'node:stream';
import { Type, type Static, type TLiteral, type TObject, type TSchema } from 'typebox';

/**
 * What a call does to the NVR. The verb says nothing: many GETs of this API change or destroy something.
 * Only `read` operations may be repeated automatically.
 */
export type Effect = 'read' | 'write' | 'destructive';

/** How long a call may take: `call` 10 s in all, `scan` 60 s in all, `download` 60 s until it begins and between its parts. */
export type Pace = 'call' | 'scan' | 'download';

/** The part of the product that an operation belongs to; each is one node of the Node-RED palette. */
export type Domain =
  | 'account'
  | 'alarm'
  | 'camera'
  | 'encoder'
  | 'fleet'
  | 'imaging'
  | 'io'
  | 'log'
  | 'network'
  | 'ptz'
  | 'recording'
  | 'schedule'
  | 'snapshot'
  | 'storage'
  | 'system'
  | 'time';

/** What comes back. Any of them may come back as `{Result: "Error", Description}` instead. */
export type Reply =
  /** `{Result: "OK", Description?}`: nothing but the outcome. */
  | { readonly as: 'status' }
  /** The JSON document itself. */
  | {
      readonly as: 'json';
      readonly schema: TSchema;
      /** What of the request failed, in words, where the reply tells it part by part (10.16). */
      readonly failures?: (value: never) => readonly string[];
    }
  /** `{Result: payload}`: the document (2.17, 2.21) uses `Result` as an envelope. */
  | { readonly as: 'result'; readonly schema: TSchema }
  /** Bytes, held in memory; `magic` are the first bytes that prove them (hexadecimal). */
  | { readonly as: 'bytes'; readonly mediaType: string; readonly magic: string }
  /** Bytes of unknown length, never held in memory as a whole. */
  | { readonly as: 'stream'; readonly mediaType: string; readonly magic: string }
  /** A file of any content, held in memory: whatever is neither an error nor a web page. */
  | { readonly as: 'file'; readonly mediaType: string }
  /** The document does not say: JSON where it is JSON, else text. */
  | { readonly as: 'any' };

/** A parameter that does not fit, by its path, and why. */
export interface ParameterProblem {
  /** Such as `settings/0/channel`. */
  readonly path: string;
  readonly problem: string;
}

/** The read that shows whether a write has taken effect. It is asked where the answer to the write was lost. */
export interface ReadBack {
  readonly by: Operation;
  /** What to ask where the parameters that both know do not do. */
  readonly asks?: (params: never) => readonly ReadBackQuestion[];
  /** Whether the reply shows what the parameters set. Default: everything that the body sets stands in it. */
  readonly shows?: (reply: never, params: never) => boolean;
  /**
   * Of a write that makes something new: the answer that was lost, where the replies before and after the write tell it.
   * So the read is made before the write, too.
   */
  readonly compares?: (before: never, after: never, params: never) => object | undefined;
}

/** One read that shows whether a write has taken effect. */
export interface ReadBackQuestion {
  /** Parameters of the read. */
  readonly params: Readonly<Record<string, unknown>>;
  /** What stands in the list that the NVR replies, in whatever order, if it has. */
  readonly holds: readonly unknown[];
}

/** The read that tells what a write sets: with both, settings are read, changed in part, and restored. */
export interface SettingsSource {
  readonly by: Operation;
  /** What was read, as the write takes it, where that is another shape (9.8, 10.15). */
  readonly as?: (reply: never, params: never) => unknown;
  /** The fields that name one item where the read tells a list of more than was asked for, such as `channel` (9.18). */
  readonly keys?: readonly string[];
  /** Fields that repeat what was asked for, or name what is not settings, such as the `ch` of 2.21. */
  readonly repeats?: readonly string[];
  /** What people call these settings, beyond title and description. */
  readonly words?: string;
  /** Describes a change in part, where the description of the write asks for everything. */
  readonly change?: string;
}

/** Wire names → parameter names. */
type Names = Readonly<Record<string, string>> | undefined;

/** How the body travels. */
export type BodyEncoding = 'json' | 'multipart';

/**
 * What the NVR would cut off without a word: the driver asks several times instead, and joins the replies.
 * Names are those of body fields.
 */
export type Split =
  | {
      /** Record maps (chapter 5), whose texts and lists continue. */
      readonly join: 'maps';
      /** At most `max` channels at a time. */
      readonly channels: { readonly field: string; readonly max: number };
      /** At most `max` seconds at a time; one character stands for `unit` seconds. */
      readonly range: { readonly from: string; readonly to: string; readonly max: number; readonly unit: number };
    }
  | {
      /** Lists; one as long as `fullList` was cut off, so its range (ms; 0: open) is halved and asked for again. */
      readonly join: 'lists';
      readonly range: { readonly from: string; readonly to: string };
      readonly fullList: number;
      /** Field of a list's items that holds their time, ms. */
      readonly time: string;
    };

/**
 * One operation of the SDK document, written down once. Field names are wire names.
 *
 * The caller's parameters are one flat object: the fields of `query` and of `body` together, constants
 * (fields declared as a literal) left out. A body that is not an object is the parameter `body`.
 */
export interface Operation<
  Id extends string = string,
  Query extends TObject | undefined = TObject | undefined,
  Body extends TSchema | undefined = TSchema | undefined,
  R extends Reply = Reply,
  Renamed extends Names = Names,
  Nested extends string | undefined = string | undefined,
  D extends Domain = Domain,
> {
  /** Unique name: the last segment of the path, or the section's title where several share a path. */
  readonly id: Id;
  /** Section of the SDK document. */
  readonly section: string;
  readonly title: string;
  readonly description: string;
  readonly domain: D;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** A field that is a list travels as text, its items joined by commas (6.4). */
  readonly query?: Query;
  readonly body?: Body;
  /** Default: `json`. */
  readonly bodyEncoding?: BodyEncoding;
  /** Body fields whose name is taken by a query field: wire name → parameter name. */
  readonly renamed?: Renamed;
  /** Body field, an object, whose own fields are the caller's parameters (2.10). */
  readonly nested?: Nested;
  /** Query field that the body repeats as a list of one (9.7); `body` is then left out. */
  readonly repeated?: string;
  readonly split?: Split;
  /** Finds the parameter that, although it fits its schema, does not fit the others (9.17). */
  readonly check?: (params: never) => ParameterProblem | undefined;
  readonly reply: R;
  /** Of writes that set something to a value, once or twice alike. */
  readonly readBack?: () => ReadBack;
  /** Of writes of settings that a read tells as well. */
  readonly settings?: () => SettingsSource;
  readonly effect: Effect;
  /** Default: `call`. */
  readonly pace?: Pace;
  /** May be called before login (10.1, 10.2). */
  readonly anonymous?: boolean;
  /** Ends what may do harm: it waits 1 s at most for the answers to earlier changes of the same thing. */
  readonly urgent?: boolean;
  /** Needs an explicit opt-in wherever a flow or user could reach it by accident; destructive ones always do. */
  readonly guarded?: boolean;
}

/** What a socket carries and in which direction, seen from the client. */
export type Traffic = 'messages-in' | 'messages-out' | 'frames-in' | 'frames-out' | 'frames-in-messages-out';

/** One WebSocket of the SDK document. `{name}` in the path is filled from `path`. */
export interface Socket {
  readonly id: string;
  readonly section: string;
  readonly title: string;
  readonly description: string;
  readonly path: string;
  readonly pathParameters?: TObject;
  readonly query?: TObject;
  readonly traffic: Traffic;
  /** Shape of one message; the device may also send an array of them. */
  readonly message?: TSchema;
  /** Finds the field of a message that, although it fits its schema, does not fit the others (3.4). */
  readonly check?: (message: never) => ParameterProblem | undefined;
}

export function defineOperation<
  const Id extends string,
  const R extends Reply,
  Query extends TObject | undefined = undefined,
  Body extends TSchema | undefined = undefined,
  const Renamed extends Names = undefined,
  const Nested extends string | undefined = undefined,
  const D extends Domain = Domain,
>(operation: Operation<Id, Query, Body, R, Renamed, Nested, D>): Operation<Id, Query, Body, R, Renamed, Nested, D> {
  return operation;
}

export function defineSocket<const S extends Socket>(socket: S): S {
  return socket;
}

type Flat<T> = { [K in keyof T]: T[K] };
type ConstantKeys<Body extends TSchema> =
  Body extends TObject<infer Fields>
    ? { [K in keyof Fields]: Fields[K] extends TLiteral ? K : never }[keyof Fields]
    : never;
type Rename<T, N> = { [K in keyof T as K extends keyof N ? N[K] & string : K]: T[K] };
type QueryParams<Q> = Q extends TObject ? Static<Q> : unknown;
type BodyParams<B, N, Nested> = B extends TObject
  ? Rename<Omit<Static<B>, ConstantKeys<B> | (Nested & PropertyKey)>, N> & NestedParams<Static<B>, Nested>
  : B extends TSchema
    ? { body: Static<B> }
    : unknown;
type NestedParams<Body, Nested> = Nested extends keyof Body ? Exclude<Body[Nested], undefined> : unknown;

/** The caller's parameters of an operation. */
export type ParamsOf<O> =
  O extends Operation<string, infer Q, infer B, Reply, infer N, infer Nested>
    ? Flat<QueryParams<Q> & BodyParams<B, N, Nested>>
    : never;

/** The decoded reply of an operation. */
export type ReplyOf<O> = O extends { readonly reply: infer R }
  ? R extends { as: 'json' | 'result'; schema: infer S extends TSchema }
    ? Static<S>
    : R extends { as: 'status' }
      ? StatusReply
      : R extends { as: 'bytes' | 'file' }
        ? Buffer
        : R extends { as: 'any' }
          ? unknown
          : Readable
  : never;

/** Successful outcome of an operation that returns nothing else. */
export interface StatusReply {
  readonly Result: 'OK';
  /** The device's own words, such as `ChannelID=3`. */
  readonly Description?: string;
  readonly [key: string]: unknown;
}

/** The reply of operations that answer with nothing but their outcome. */
export const status = { as: 'status' } as const;

/** The reply of operations whose reply the document leaves open. */
export const anything = { as: 'any' } as const;

/** A JSON reply in the envelope `{Result: …}` (2.17, 2.21). */
export function result<const S extends TSchema>(schema: S): { readonly as: 'result'; readonly schema: S } {
  return { as: 'result', schema };
}

/** A JSON reply of the given shape; `failures` says what of the request it reports as failed. */
export function json<const S extends TSchema>(schema: S, failures?: (value: Static<S>) => readonly string[]) {
  return { as: 'json', schema, ...(failures && { failures }) } as const;
}

/** Fields that every schema of a device's reply leaves open: devices send more than the document says. */
export const open = { additionalProperties: true } as const;

export { Type };
