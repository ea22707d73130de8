import { Type, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { CallOptions, NvrCalls } from '../link/caller.js';
import { systemClock } from '../clock.js';
import { type Release, RequestQueue } from '../link/request-queue.js';
import { decode } from '../wire/decode.js';
import { payloadOf } from '../wire/reply.js';
import { InvalidParameterError, InvalidReplyError, NotAppliedError, OutcomeUnknownError } from '../errors.js';
import { parametersOf } from '../sdk/parameters.js';
import { anything, type Operation, type ParamsOf, type ReplyOf, type SettingsSource } from '../sdk/declaration.js';
import { givenJson } from '../wire/given-json.js';
import { type Fields, changedFields, isFields, omit } from '../wire/fields.js';
import { mergeSettings } from './merge.js';
import { withoutHiddenPasswords, withoutUntoldPasswords } from '../wire/passwords.js';
import { checkChange, passingFields, readOnlyFields, writeAsItIs } from './write-settings.js';

type Client = NvrCalls;
type Reading = Operation & { readonly reply: { readonly as: 'json' | 'result'; readonly schema: TSchema } };

/** Settings in both forms. */
export interface Settings {
  /** As the NVR sent them. */
  readonly raw: unknown;
  /** In the declared shape. */
  readonly value: unknown;
}

/**
 * Changes settings of the NVR: reads them, has `change` make the wanted ones of them, and writes everything back. Only
 * 2.6 promises partial updates, so what is not changed is written as it was read: in the same types, unknown fields
 * included; fields that only the read has are left out, and so is the clock (9.20) unless it is what changes. Where
 * nothing changes, nothing is written.
 *
 * A password that the NVR keeps to itself (masked or left out) is no part of what `change` gets, and is not written
 * unless `change` supplies it; one that the NVR tells, an empty one too, goes back as it came.
 *
 * Of several changes to the same settings, each reads what the one before it wrote: none is lost.
 *
 * Where the answer to the write is lost, the settings are read again: if they are the wanted ones, all is well.
 *
 * @param settings operations of which the write takes what the read gives, such as `getEMail` and `setEMail`
 * @param params what names the settings to both, such as a channel
 * @param change gives the wanted settings
 * @returns the wanted settings
 * @throws `INVALID_PARAMETER` before anything is written where the change does not fit the declaration; `NOT_APPLIED`
 *   where the answer was lost and the NVR still has the old settings; `OUTCOME_UNKNOWN` where that cannot be told; and
 *   what `call` throws
 */
export async function modifySettings<R extends Reading>(
  client: NvrCalls,
  { read, write }: { readonly read: R; readonly write: Operation },
  params: ParamsOf<R>,
  change: (settings: ReplyOf<R>) => ReplyOf<R>,
  options: CallOptions = {},
): Promise<ReplyOf<R>> {
  const wanted = await modifyInTurn(client, { read, write }, params, change, options);
  return wanted as ReplyOf<R>;
}

/** What is read and written, where the write may take another shape than the read tells. */
export interface Pair {
  readonly read: Operation;
  readonly write: Operation;
  /** What was read, as the write takes it. */
  readonly as?: SettingsSource['as'];
}

/** {@link modifySettings} without its types, in the shape that the write takes. */
export async function modifyInTurn(
  client: NvrCalls,
  pair: Pair,
  params: Fields,
  change: (settings: never) => unknown,
  options: CallOptions,
): Promise<unknown> {
  const release = await turnAt(client, pair.read, params, options.signal);
  try {
    return await modify(client, pair, params, change, options);
  } finally {
    release();
  }
}

/** Turns to change settings, by client. */
const queues = new WeakMap<NvrCalls, RequestQueue>();

/** Waits until earlier changes of those settings, or of some of them, are done. Rejects with the signal's reason. */
async function turnAt(client: NvrCalls, read: Operation, named: Fields, signal = NEVER): Promise<Release> {
  const queue = queues.get(client) ?? new RequestQueue(systemClock);
  queues.set(client, queue);
  const turns: Release[] = [];
  const release = () => turns.forEach((end) => end());
  try {
    // Everybody takes them in the same order, so that no two wait for each other.
    for (const key of settingsOf(read, named)) turns.push(await queue.turn(key, signal));
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

/** What is changed: by each channel where they are named, since several reads tell settings of one (6.3, 6.4). */
function settingsOf(read: Operation, named: Fields): readonly string[] {
  const channels = parametersOf(read).flatMap(({ name, schema }) => channelsIn(schema, named[name]));
  if (channels.length > 0) return [...new Set(channels.map((channel) => `${read.domain} ${channel}`))].sort();
  const target = Object.entries(named).sort(([one], [other]) => (one < other ? -1 : 1));
  return [JSON.stringify([read.id, target])];
}

function channelsIn(schema: TSchema, value: unknown): readonly string[] {
  if (Array.isArray(value))
    return value.flatMap((item) => channelsIn('items' in schema ? (schema.items as TSchema) : schema, item));
  if ('properties' in schema && isFields(value)) {
    return Object.entries(schema.properties as Readonly<Record<string, TSchema>>).flatMap(([name, field]) =>
      channelsIn(field, value[name]),
    );
  }
  const isChannel = 'picks' in schema && schema.picks === 'channel';
  return isChannel && (typeof value === 'number' || typeof value === 'string') ? [String(value)] : [];
}

const NEVER = new AbortController().signal;

/**
 * What {@link modifyInTurn} would refuse before anything is written, without writing.
 *
 * @throws `INVALID_PARAMETER` where the change does not fit the declaration; what the reading throws
 */
export async function checkModification(
  client: NvrCalls,
  pair: Pair,
  params: Fields,
  change: (settings: never) => unknown,
  options: CallOptions,
): Promise<void> {
  await planned(client, pair, params, change, options);
}

interface Plan {
  /** The settings as they are, and as they are to be. */
  readonly before: unknown;
  readonly wanted: unknown;
  /** What writes them; absent where nothing changes. */
  readonly call?: readonly [Operation, Fields];
}

async function planned(
  client: NvrCalls,
  pair: Pair,
  named: Fields,
  change: (settings: never) => unknown,
  options: CallOptions,
): Promise<Plan> {
  const { read, write } = pair;
  const before = await readSettings(client, pair, named, options);
  const wanted = givenJson('settings', change(Value.Clone(before.value) as never));
  const changes = changesOf(before.value, wanted);
  if (changes.length === 0) return { before: before.value, wanted };

  const readOnly = readOnlyFields(read, write);
  const fixed = changedNames(before.value, wanted).find((name) => readOnly.includes(name));
  if (fixed !== undefined) throw new InvalidParameterError(fixed, `${write.id} does not set it`);
  checkChange(write, named, before.value, wanted);
  const merged = mergeSettings(before.raw, before.value, wanted);
  const old = passingFields(write).filter((name) => !changes.includes(name));
  const settings = withoutFields(merged, [...readOnly, ...old]);
  return { before: before.value, wanted, call: writeAsItIs(write, named, settings) };
}

async function modify(
  client: NvrCalls,
  pair: Pair,
  named: Fields,
  change: (settings: never) => unknown,
  options: CallOptions,
): Promise<unknown> {
  const { before, wanted, call } = await planned(client, pair, named, change, options);
  if (!call) return wanted;
  try {
    await client.call<Operation>(...call, options);
  } catch (error) {
    if (!(error instanceof OutcomeUnknownError)) throw error;
    const now = await readSettings(client, pair, named, options).catch(() => {
      throw error;
    });
    judgeLostWrite(error, before, wanted, now.value);
  }
  return wanted;
}

/** @throws {@link NotAppliedError} where the settings are the old ones; `lost` where they are neither these nor the new */
function judgeLostWrite(lost: OutcomeUnknownError, before: unknown, wanted: unknown, now: unknown): void {
  const [old, due] = [before, wanted].map((settings) => withoutUntoldPasswords(settings, now));
  const changes = changesOf(old, due);
  const shows = (settings: unknown) => {
    const differences = changesOf(settings, now);
    return changes.length > 0 && !changes.some((name) => differences.includes(name));
  };
  if (shows(due)) return;
  if (shows(old)) throw new NotAppliedError(`${lost.message}; reading back shows that nothing has changed`);
  throw lost;
}

/** @throws `INVALID_REPLY` where nothing can be made of what the NVR tells, and what `call` throws */
export async function readSettings(
  client: Client,
  { read, as }: Omit<Pair, 'write'>,
  params: Fields,
  options: CallOptions,
): Promise<Settings> {
  const reply = await client.call<Operation>({ ...read, reply: anything }, params, options);
  const raw = withoutHiddenPasswords(payloadOf(reply));
  const decoded = decode('schema' in read.reply ? read.reply.schema : Type.Unknown(), raw);
  if (!decoded) throw new InvalidReplyError(`${read.id}: got JSON of another shape than the document says`);
  if (!as) return { raw, value: decoded.value };
  const value = as(decoded.value as never, params as never);
  return { raw: value, value };
}

/** Names of the fields that differ, of a list those of its items. */
function changedNames(before: unknown, after: unknown): readonly string[] {
  if (Array.isArray(before) && Array.isArray(after)) {
    return after.flatMap((item, index) => changedNames(before[index], item));
  }
  return isFields(before) && isFields(after) ? changedFields(before, after) : [];
}

/** Settings, or each of a list of them, without those fields. */
export function withoutFields(settings: unknown, names: readonly string[]): unknown {
  if (Array.isArray(settings)) return settings.map((each) => withoutFields(each, names));
  return isFields(settings) ? omit(settings, names) : settings;
}

/** Names of the fields that differ; the one name `''` where settings are no object. */
function changesOf(before: unknown, after: unknown): readonly string[] {
  if (isFields(before) && isFields(after)) return changedFields(before, after);
  return Value.Equal(before, after) ? [] : [''];
}
