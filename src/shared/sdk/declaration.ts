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
  | { readonly as: 'json'; readonly schema: TSchema }
  /** `{Result: payload}`: the document (2.17, 2.21) uses `Result` as an envelope. */
  | { readonly as: 'result'; readonly schema: TSchema }
  /** Bytes, held in memory; `magic` are the first bytes that prove them (hexadecimal). */
  | { readonly as: 'bytes'; readonly mediaType: string; readonly magic: string }
  /** Bytes of unknown length, never held in memory as a whole. */
  | { readonly as: 'stream'; readonly mediaType: string; readonly magic: string };

/** Wire names → parameter names. */
type Names = Readonly<Record<string, string>> | undefined;

/** How the body travels. */
export type BodyEncoding = 'json' | 'multipart';

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
> {
  /** Unique name: the last segment of the path, or the section's title where several share a path. */
  readonly id: Id;
  /** Section of the SDK document. */
  readonly section: string;
  readonly title: string;
  readonly description: string;
  readonly domain: Domain;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Query;
  readonly body?: Body;
  /** Default: `json`. */
  readonly bodyEncoding?: BodyEncoding;
  /** Body fields whose name is taken by a query field: wire name → parameter name. */
  readonly renamed?: Renamed;
  readonly reply: R;
  readonly effect: Effect;
  /** Default: `call`. */
  readonly pace?: Pace;
  /** May be called before login (10.1, 10.2). */
  readonly anonymous?: boolean;
  /** Needs an explicit opt-in wherever a flow or user could reach it by accident; destructive ones always do. */
  readonly guarded?: boolean;
}

/** What a socket carries and in which direction, seen from the client. */
export type Traffic = 'messages-in' | 'messages-out' | 'frames-in' | 'frames-out';

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
}

export function defineOperation<
  const Id extends string,
  const R extends Reply,
  Query extends TObject | undefined = undefined,
  Body extends TSchema | undefined = undefined,
  const Renamed extends Names = undefined,
>(operation: Operation<Id, Query, Body, R, Renamed>): Operation<Id, Query, Body, R, Renamed> {
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
type BodyParams<B, N> = B extends TObject
  ? Rename<Omit<Static<B>, ConstantKeys<B>>, N>
  : B extends TSchema
    ? { body: Static<B> }
    : unknown;

/** The caller's parameters of an operation. */
export type ParamsOf<O> =
  O extends Operation<string, infer Q, infer B, Reply, infer N> ? Flat<QueryParams<Q> & BodyParams<B, N>> : never;

/** The decoded reply of an operation. */
export type ReplyOf<O> = O extends { readonly reply: infer R }
  ? R extends { as: 'json' | 'result'; schema: infer S extends TSchema }
    ? Static<S>
    : R extends { as: 'status' }
      ? StatusReply
      : R extends { as: 'bytes' }
        ? Buffer
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

/** A JSON reply of the given shape. */
export function json<const S extends TSchema>(schema: S): { readonly as: 'json'; readonly schema: S } {
  return { as: 'json', schema };
}

/** Fields that every schema of a device's reply leaves open: devices send more than the document says. */
export const open = { additionalProperties: true } as const;

export { Type };
