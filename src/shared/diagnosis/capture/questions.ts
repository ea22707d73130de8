import type { TSchema } from 'typebox';
import type { Operation } from '../../sdk/declaration.js';
import { operations } from '../../sdk/index.js';
import { type Parameter, parametersOf } from '../../sdk/parameters.js';

/** What earlier answers told, that can be asked about. */
export interface Known {
  readonly channels: readonly number[];
  readonly users: readonly number[];
  readonly disks: readonly string[];
  readonly snapshots: readonly string[];
  /** ms since 1970 UTC */
  readonly now: number;
  /** Standard time of the NVR east of UTC, min. */
  readonly zone: number;
}

export type Params = Readonly<Record<string, unknown>>;

/** Sets of parameters of one operation: cameras times groups. */
const MOST = 64;
/** Users, disks, words of a pick list: more show the same. */
export const FEW = 3;
const DAY = 86_400;

/** Every read that takes neither long nor much: no scan, no download, not the login itself. */
export function reads(): readonly Operation[] {
  return Object.values<Operation>(operations).filter(
    ({ effect, pace, anonymous, reply }) =>
      effect === 'read' && pace === undefined && !anonymous && reply.as !== 'stream' && reply.as !== 'file',
  );
}

/** Reads that are not made. */
export function readsLeftOut(): readonly string[] {
  const made = new Set(reads());
  return Object.values<Operation>(operations)
    .filter((operation) => operation.effect === 'read' && !operation.anonymous && !made.has(operation))
    .map(({ id }) => `${id}: it takes long, or holds everything at once`);
}

export function needsNothing(operation: Operation): boolean {
  return parametersOf(operation).every(({ required }) => !required);
}

/** What to ask an operation for; empty where nothing is known that could be asked for. */
export function questionsFor(operation: Operation, known: Known): readonly Params[] {
  const required = parametersOf(operation).filter((parameter) => parameter.required);
  let questions: Params[] = [{}];
  for (const parameter of required) {
    const values = valuesFor(operation, parameter, known);
    questions = questions
      .flatMap((question) => values.map((value) => ({ ...question, [parameter.name]: value })))
      .slice(0, MOST);
  }
  return questions;
}

function valuesFor(operation: Operation, { name, schema }: Parameter, known: Known): readonly unknown[] {
  if (name === 'userID') return known.users;
  if (name === 'device') return known.disks;
  if (name === 'snapshot') return known.snapshots.slice(0, 1);
  if ('format' in schema) return [timeFor(operation, name, schema.format === 'epoch-milliseconds' ? 1000 : 1, known)];
  if ('enum' in schema) {
    const words = schema.enum as readonly unknown[];
    // Where it is asked for each camera, one shows how.
    const isForCameras = parametersOf(operation).some((other) => /channel/i.test(other.name));
    return words.slice(0, words[0] === 'All' || isForCameras ? 1 : FEW);
  }
  if ('items' in schema) return [listFor(schema.items as TSchema, schema, known)];
  if ('picks' in schema) return known.channels;
  return 'minimum' in schema ? [schema.minimum] : [];
}

function listFor(item: TSchema, schema: TSchema, known: Known): unknown {
  if ('picks' in item) return known.channels;
  // Streams of cameras (2.21).
  if ('properties' in item) return known.channels.flatMap((ch) => [0, 1].map((mainsub) => ({ ch, mainsub })));
  const [example = []] = 'examples' in schema ? (schema.examples as unknown[]) : [];
  return example;
}

/** The last hour that is over; of seconds, its last minutes; of whole days, those of a week. */
function timeFor({ split }: Operation, name: string, unit: number, { now, zone }: Known): number {
  const seconds = Math.floor(now / 1000);
  const unitOfMap = split?.join === 'maps' ? split.range.unit : undefined;
  const hour = seconds - (seconds % 3600);
  const midnight = seconds - ((seconds + zone * 60) % DAY);
  const isStart = /start/i.test(name);
  if (unitOfMap === DAY) return unit * (isStart ? midnight - 7 * DAY : midnight);
  return unit * (isStart ? hour - (unitOfMap === 1 ? 300 : 3600) : hour);
}

/**
 * A second that is recorded, by the map of minutes (SDK 5.2) of an hour that is over: the last minute that another follows.
 *
 * @param start s since 1970 UTC of the map
 */
export function recordedAt(
  channels: readonly number[],
  start: number,
  maps: unknown,
): { readonly channel: number; readonly second: number } | undefined {
  for (const channel of channels) {
    const rows = (maps as Readonly<Record<string, unknown>> | undefined)?.[`CH${channel}`];
    const minute = Array.isArray(rows) ? rows.join('').lastIndexOf('++') : -1;
    if (minute >= 0) return { channel, second: start + 60 * minute };
  }
  return undefined;
}
