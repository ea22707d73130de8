import type { CallOptions, NvrCalls } from '../link/caller.js';
import type { Operation, SettingsSource } from '../sdk/declaration.js';
import { InvalidParameterError } from '../errors.js';
import { operations } from '../sdk/index.js';
import { type Parameter, parametersOf } from '../sdk/parameters.js';
import { type Fields, isFields } from '../wire/fields.js';
import { givenJson } from '../wire/given-json.js';
import { checkModification, modifyInTurn, readSettings as readPair, withoutFields } from './modify-settings.js';
import { patched, requireFields, restored } from './patch-settings.js';
import { passingFields, readOnlyFields } from './write-settings.js';

/** Settings that can be read, changed in part and restored. */
export interface SettingsPair {
  /** Such as `EMail`. */
  readonly name: string;
  readonly read: Operation;
  readonly write: Operation;
  /** What names the settings, such as a channel. */
  readonly parameters: readonly Parameter[];
  /** Fields that name an item where the settings are those of all channels, pins or disks. */
  readonly keys: readonly string[];
  /** Fields that repeat the parameters. */
  readonly repeats: readonly string[];
  /** A mistake could lock out or destroy. */
  readonly guarded: boolean;
  /** Fields that go on by themselves, such as the clock. */
  readonly passing: readonly string[];
  /** What people call them, beyond title and description. */
  readonly words: string;
}

/** All settings of the SDK document, in its order. */
export const settingsPairs: readonly SettingsPair[] = Object.values<Operation>(operations).flatMap((write) => {
  const source = write.settings?.();
  if (!source) return [];
  const { by: read, keys = [], repeats = [], words = '' } = source;
  return {
    name: write.id.replace(/^(set|update)/, ''),
    ...{ read, write, parameters: parametersOfReading(read), keys, repeats, words },
    guarded: write.effect === 'destructive' || write.guarded === true,
    passing: passingFields(write),
  };
});

/** Where a read asks for a list of streams (2.21), one of them is named. */
function parametersOfReading(read: Operation): readonly Parameter[] {
  const { body } = read;
  if (!body || !('items' in body)) return parametersOf(read);
  return parametersOf({ ...read, body: body.items as typeof body });
}

/** The parameters of the read. */
function asked({ read: { body } }: SettingsPair, params: Fields): Fields {
  return body && 'items' in body ? { body: [params] } : params;
}

function sourceOf({ write }: SettingsPair): SettingsSource {
  const source = write.settings?.();
  if (!source) throw new TypeError(`${write.id} sets nothing that is read`);
  return source;
}

/**
 * Reads settings as {@link patchSettings} and {@link restoreSettings} take them: in the shape that the write has, without
 * the passwords that the NVR does not tell.
 *
 * @param params see {@link SettingsPair.parameters}
 * @throws what `call` throws
 */
export async function readSettings(
  client: NvrCalls,
  pair: SettingsPair,
  params: Readonly<Record<string, unknown>>,
  options: CallOptions = {},
): Promise<unknown> {
  const { as } = sourceOf(pair);
  return (await readPair(client, { read: pair.read, as }, asked(pair, params), options)).value;
}

/**
 * Changes what a patch names of some settings, as {@link modifySettings} does: everything else is written as it was read.
 * The patch has the shape of the settings, with the fields that change. An item of a list is named by its keys, a day of
 * a schedule by its name; an object in place of a list changes each item.
 *
 * @returns the settings as they are then
 * @throws `INVALID_PARAMETER` before anything is written for a field that neither the document nor the device has; what
 *   {@link modifySettings} throws
 */
export async function patchSettings(
  client: NvrCalls,
  pair: SettingsPair,
  params: Readonly<Record<string, unknown>>,
  patch: unknown,
  options: CallOptions = {},
): Promise<unknown> {
  const given = givenJson('patch', patch);
  const change = (now: unknown) => {
    requireFields(pair.write.body, [now], given);
    return ofTheSame(pair, now, patched(pair.write.body, now, given, pair.keys));
  };
  return modifyInTurn(client, { ...pair, as: sourceOf(pair).as }, asked(pair, params), change, options);
}

/**
 * Makes settings what they were when they were saved. What the saved ones do not tell stays as it is: passwords, for one.
 *
 * @param saved what {@link readSettings} read, or a part of it
 * @returns the settings as they are then
 * @throws `INVALID_PARAMETER` before anything is written where they are other settings, those of another channel, or none;
 *   what {@link modifySettings} throws
 */
export async function restoreSettings(
  client: NvrCalls,
  pair: SettingsPair,
  params: Readonly<Record<string, unknown>>,
  saved: unknown,
  options: CallOptions = {},
): Promise<unknown> {
  return modifyInTurn(client, { ...pair, as: sourceOf(pair).as }, asked(pair, params), restoring(pair, saved), options);
}

/**
 * What {@link restoreSettings} would refuse before it writes, without writing.
 *
 * @throws `INVALID_PARAMETER`, and what `call` throws
 */
export async function checkRestoring(
  client: NvrCalls,
  pair: SettingsPair,
  params: Readonly<Record<string, unknown>>,
  saved: unknown,
  options: CallOptions = {},
): Promise<void> {
  const readable = { ...pair, as: sourceOf(pair).as };
  await checkModification(client, readable, asked(pair, params), restoring(pair, saved), options);
}

/** Makes saved settings of the present ones. */
function restoring(pair: SettingsPair, saved: unknown): (now: unknown) => unknown {
  const { read, write, keys, passing } = pair;
  // What is told and not set, and the clock, would have changed meanwhile.
  const settings = withoutFields(givenJson('saved', saved), [...readOnlyFields(read, write), ...passing]);
  return (now) => {
    // Of other settings, or none at all, it would be written beside the real ones.
    requireFields(write.body, [now], settings);
    return ofTheSame(pair, now, restored(now, settings, keys));
  };
}

/**
 * The wanted settings, unless they say of themselves that they are another's than was asked for: a write would go there.
 *
 * @throws {@link InvalidParameterError}
 */
function ofTheSame({ repeats }: SettingsPair, now: unknown, wanted: unknown): unknown {
  const before = itemsOf(now);
  for (const [index, item] of itemsOf(wanted).entries()) {
    const old = before[index];
    if (!isFields(old) || !isFields(item)) continue;
    for (const name of repeats) {
      const [own, other] = [old[name], item[name]].map((value) => JSON.stringify(value));
      if (own === undefined || other === undefined || own === other) continue;
      throw new InvalidParameterError(name, `the settings of ${own} were asked for, and these are those of ${other}`);
    }
  }
  return wanted;
}

function itemsOf(settings: unknown): readonly unknown[] {
  return Array.isArray(settings) ? settings : [settings];
}
