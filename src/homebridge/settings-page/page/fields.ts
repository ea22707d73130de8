import { button, el } from './dom.js';
import { textOf, withField } from './drafts.js';
import { t } from './words.js';

/** What is known of a setting, out of `config.schema.json`. */
export interface FieldSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly placeholder?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly items?: { readonly title?: string; readonly properties?: Schema };
}

/** Settings by their names. */
export type Schema = Readonly<Record<string, FieldSchema>>;

type Values = Readonly<Record<string, unknown>>;
/** @param value `undefined`: nothing is written */
type Set = (value: unknown) => void;

/** The same in the language of the page. What is to be typed as it is stays as it is. */
export function translated(schema: Schema): Schema {
  return Object.fromEntries(
    Object.entries(schema).map(([name, { title = name, description = '', placeholder = '', items, ...rest }]) => {
      const inner = items && {
        ...items,
        ...(items.title !== undefined && { title: t(items.title) }),
        ...(items.properties && { properties: translated(items.properties) }),
      };
      const example = name === 'name' || name === 'fingerprint' ? t(placeholder) : placeholder;
      const texts = { title: t(title), description: t(description), placeholder: example };
      return [name, { ...rest, ...texts, ...(inner && { items: inner }) }];
    }),
  );
}

let ids = 0;

/** A setting with its label and what it is about. `set` hears each key, `done` where the field is left. */
export function field(name: string, schema: FieldSchema, value: unknown, set: Set, done: () => void): HTMLElement {
  if (schema.type === 'array') return list(schema, value, set, done);
  const id = `everfocus-${++ids}`;
  const label = el('label', { htmlFor: id, textContent: schema.title ?? name });
  const help = el('div', { className: 'form-text', textContent: schema.description ?? '' });
  const input =
    schema.type === 'boolean'
      ? box(schema, value, set)
      : schema.enum
        ? choice(schema.enum, value, set)
        : line(name, schema, value, set);
  Object.assign(input, { id, name, onchange: done });
  label.className = schema.type === 'boolean' ? 'form-check-label' : 'form-label';
  return schema.type === 'boolean'
    ? el('div', { className: 'form-check mb-3' }, input, label, help)
    : el('div', { className: 'mb-3' }, label, input, help);
}

function box(schema: FieldSchema, value: unknown, set: Set): HTMLInputElement {
  const usual = schema.default === true;
  const input = el('input', { type: 'checkbox', className: 'form-check-input', checked: Boolean(value ?? usual) });
  input.oninput = () => set(input.checked === usual ? undefined : input.checked);
  return input;
}

function choice(options: readonly string[], value: unknown, set: Set): HTMLSelectElement {
  const select = el(
    'select',
    { className: 'form-select' },
    ...['', ...options].map((value) => el('option', { value, textContent: t(value) })),
  );
  select.value = textOf(value);
  select.oninput = () => set(select.value === '' ? undefined : select.value);
  return select;
}

function line(name: string, schema: FieldSchema, value: unknown, set: Set): HTMLInputElement {
  const { type, placeholder = '', minimum, maximum } = schema;
  const isNumber = type === 'number';
  const input = el('input', {
    className: 'form-control',
    type: isNumber ? 'number' : name === 'password' ? 'password' : 'text',
    placeholder,
    autocomplete: name === 'password' ? 'new-password' : 'off',
    spellcheck: false,
    // Whatever stands in the file is shown as text.
    value: isNumber || typeof value !== 'string' ? textOf(value) : value,
  });
  if (isNumber) Object.assign(input, { min: String(minimum ?? ''), max: String(maximum ?? ''), step: 'any' });
  input.oninput = () => set(input.value === '' ? undefined : isNumber ? input.valueAsNumber : input.value);
  return input;
}

/** Something at the NVR that an entry of a list is about. */
export interface Part {
  /** Channel or pin: the first setting of such an entry. */
  readonly id: number;
  readonly name?: string;
  readonly picture?: HTMLElement;
}

/** A setting that is a list, with a place for each thing that the NVR has of it, and for what else is written there. */
export function parts(
  schema: FieldSchema,
  has: readonly Part[],
  value: unknown,
  set: Set,
  done: () => void,
): HTMLElement {
  const { title = '', description = '', items } = schema;
  const [[key, first] = ['', {}], ...others] = Object.entries(items?.properties ?? {});
  let entries: readonly Values[] = Array.isArray(value) ? (value as Values[]) : [];
  const known = has.map(({ id }) => id);
  const written = entries.flatMap((entry) => (known.includes(Number(entry[key])) ? [] : [{ id: Number(entry[key]) }]));
  const places = [...has, ...written].map(({ id, name, picture }: Part) => {
    const entry = () => entries.find((each) => Number(each[key]) === id) ?? { [key]: id };
    const label = el('span', { className: 'ms-2' });
    const tell = () => {
      const given = entry()['name'];
      label.textContent = `${first.title ?? ''} ${id}${(given ?? name) ? ` · ${textOf(given ?? name)}` : ''}`;
    };
    tell();
    const fields = others.map(([option, about]) => {
      const write = (written: unknown) => {
        const changed = withField(entry(), option, written);
        const rest = entries.filter((each) => Number(each[key]) !== id);
        entries = Object.keys(changed).length > 1 ? [...rest, changed] : rest;
        set(entries.length === 0 ? undefined : entries);
        tell();
      };
      return field(option, about, entry()[option], write, done);
    });
    return el(
      'details',
      { className: 'mb-2' },
      el('summary', {}, picture, label),
      el('div', { className: 'ps-4' }, ...fields),
    );
  });
  const help = el('div', { className: 'form-text mb-2', textContent: description });
  return el('div', { className: 'mb-3' }, el('div', { className: 'form-label', textContent: title }), help, ...places);
}

/** Entries of a list, a line each. */
function list({ title = '', description = '', items }: FieldSchema, value: unknown, set: Set, done: () => void) {
  let entries: readonly Values[] = Array.isArray(value) ? (value as Values[]) : [];
  const lines = el('div');
  const change = (changed: readonly Values[]) => {
    entries = changed;
    const written = entries.filter((entry) => Object.keys(entry).length > 0);
    set(written.length === 0 ? undefined : written);
  };
  const draw = () =>
    lines.replaceChildren(
      ...entries.map((_, index) => {
        const fields = Object.entries(items?.properties ?? {}).map(([name, schema]) => {
          const write = (written: unknown) => {
            change(entries.with(index, withField(entries[index] ?? {}, name, written)));
          };
          const made = field(name, { ...schema, description: '' }, entries[index]?.[name], write, done);
          made.classList.add('col-sm');
          return made;
        });
        const remove = button('×', 'btn-elegant', () => {
          change(entries.filter((_entry, other) => other !== index));
          draw();
          done();
        });
        remove.ariaLabel = t`Remove`;
        return el(
          'div',
          { className: 'row align-items-end' },
          ...fields,
          el('div', { className: 'col-auto mb-3' }, remove),
        );
      }),
    );
  draw();
  const add = button(`+ ${items?.title ?? ''}`, 'btn-elegant', () => {
    change([...entries, {}]);
    draw();
  });
  const help = el('div', { className: 'form-text mb-2', textContent: description });
  return el('div', { className: 'mb-3' }, el('div', { className: 'form-label', textContent: title }), help, lines, add);
}
