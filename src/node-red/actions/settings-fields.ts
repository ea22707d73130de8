import { InvalidParameterError, type SettingsPair } from '../../shared/index.js';
import { type Shape, textOf } from '../../shared/values/index.js';
import type { Parameter } from './action.js';

/** One value of some settings: one row of the form that changes them. */
export interface SettingsField extends Parameter {
  /** Where it stands; {@link ITEM} is the item of a list that the keys name. */
  readonly path: readonly string[];
}

/** The rows of some settings. */
export interface SettingsFields {
  /** Rows that name an item of a list, such as its channel. */
  readonly keys: readonly Parameter[];
  readonly fields: readonly SettingsField[];
}

type Fields = Readonly<Record<string, unknown>>;
/** Other parameters, and the values of them that something goes with. */
type Condition = Readonly<Record<string, readonly unknown[]>>;

/** What is being walked through. */
interface Place {
  readonly path: readonly string[];
  readonly titles: readonly string[];
  readonly condition: Condition | undefined;
}

const ITEM = '*';

/** The values that a write of settings takes, one by one, however deep they stand. */
export function fieldsOf({ write, keys, repeats }: SettingsPair): SettingsFields {
  const rows: Parameter[] = [];

  const walk = (schema: Shape, place: Place): SettingsField[] => {
    const { items, properties } = schema;
    const own = keys.filter((name) => items?.properties && Object.hasOwn(items.properties, name));
    if (items && own.length > 0 && !place.path.includes(ITEM)) {
      for (const name of own) rows.push(keyRow(name, items));
      return walk(items, { ...place, path: [...place.path, ITEM] });
    }
    // A list of what was asked for: each item alike.
    if (items?.properties && place.path.length === 0) return walk(items, place);
    if (!properties) return [fieldAt(schema, place)];
    const entries = Object.entries(properties).filter(([name]) => ![...keys, ...repeats].includes(name));
    return entries.flatMap(([name, field]) => {
      // What stands alone needs no heading.
      const heading = entries.length > 1 || !field.properties;
      return walk(field, {
        path: [...place.path, name],
        titles: heading ? [...place.titles, field.title ?? name] : place.titles,
        condition: field.onlyWith ?? field.neededWith ?? place.condition,
      });
    });
  };

  const start = { path: [], titles: [], condition: undefined };
  return { fields: walk(write.body ?? {}, start), keys: rows };
}

function keyRow(name: string, { properties = {} }: Shape): Parameter {
  const schema: Shape = properties[name] ?? {};
  const { onlyWith } = schema;
  return {
    name,
    schema: { ...schema, ...(onlyWith && { neededWith: onlyWith }) },
    required: onlyWith === undefined,
  };
}

function fieldAt(declared: Shape, { path, titles, condition }: Place): SettingsField {
  const schema = without(declared, ['default', 'neededWith']);
  const isWeek = schema.itemNames !== undefined;
  // What a week is for stands above it.
  const headings = isWeek ? titles.slice(0, -1) : titles;
  const shown = isWeek ? partly(schema) : schema;
  return {
    name: path.slice(path.indexOf(ITEM) + 1).join('/'),
    schema: {
      ...shown,
      title: headings.at(-1) ?? '',
      headings: headings.slice(0, -1),
      ...(condition && { onlyWith: condition }),
    },
    required: false,
    path,
  };
}

/** A list whose items have names: all of them, or some by their names. */
function partly(list: Shape): Shape {
  const { itemNames = [], items = {}, description = '', examples = [] } = list;
  const properties = Object.fromEntries(itemNames.map((name) => [name, items]));
  const some = { type: 'object', properties, additionalProperties: false, minProperties: 1 };
  return { description, examples, itemNames, anyOf: [without(list, ['title', 'description', 'examples']), some] };
}

function without(schema: Shape, names: readonly (keyof Shape)[]): Shape {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !names.includes(name as keyof Shape)));
}

/** The patch that some rows make; nothing where none of them is filled. */
export function patchOf({ fields, keys }: SettingsFields, params: Fields): unknown {
  const named = Object.fromEntries(
    keys.flatMap(({ name }) => (params[name] === undefined ? [] : [[name, params[name]]])),
  );
  const put = (place: unknown, [step, ...rest]: readonly string[], value: unknown): unknown => {
    if (step === undefined) return value;
    if (step === ITEM) return [put(Array.isArray(place) ? place[0] : named, rest, value)];
    const object = isFields(place) ? place : {};
    return { ...object, [step]: put(object[step], rest, value) };
  };
  return fields.reduce<unknown>((patch, { name, path }) => {
    return params[name] === undefined ? patch : put(patch, path, params[name]);
  }, undefined);
}

/** What the rows of some settings would hold, as far as the settings tell it. */
export function valuesOf({ fields, keys }: SettingsFields, params: Fields, settings: unknown): Fields {
  const at = (place: unknown, [step, ...rest]: readonly string[]): unknown => {
    if (Array.isArray(place)) {
      const items = place as readonly unknown[];
      const item = step === ITEM ? items.find((each) => isNamed(each)) : items[0];
      return at(item, step === ITEM ? rest : [step ?? '', ...rest]);
    }
    if (step === undefined) return place;
    return isFields(place) && Object.hasOwn(place, step) ? atField(place[step], rest) : undefined;
  };
  const atField = (value: unknown, rest: readonly string[]) => (rest.length === 0 ? value : at(value, rest));
  const isNamed = (item: unknown) =>
    isFields(item) &&
    keys.some(({ name }) => params[name] !== undefined && textOf(item[name]) === textOf(params[name]));
  return Object.fromEntries(
    fields.map(({ name, path }) => [name, at(settings, path)] as const).filter(([, value]) => value !== undefined),
  );
}

/** An error about a place in settings, by the row that it is about. */
export function byRow({ fields, keys }: SettingsFields, error: unknown): unknown {
  if (!(error instanceof InvalidParameterError)) return error;
  const steps = error.path.split('/').filter((step) => step !== 'body' && !/^\d+$/.test(step));
  const place = steps.join('/');
  const isAt = ({ path }: SettingsField) =>
    `${place}/`.startsWith(`${path.filter((step) => step !== ITEM).join('/')}/`);
  const row = fields.find(isAt) ?? keys.find(({ name }) => name === steps.at(-1));
  if (!row) return error;
  return new InvalidParameterError(row.name, error.message.slice(error.path.length + 2));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
