import type { Choice } from '../admin/lists.js';
import type { ParameterForm } from '../form.js';
import type { Row, Rows } from '../rows/row.js';
import { isTime, kindOf, optionsOf, type Shape, textOf } from '../../shared/values/index.js';
import { choicesFrom, type Choices } from './choices.js';
import { type InputType, RED } from './red.js';
import { suggestPaths } from './reply-paths.js';
import { isLiteral, isNeeded, isOfUse, literalFits } from './requirements.js';
import { note, row, t } from './texts.js';
import { wordsFor } from './words.js';

const sources = ['flow', 'global', 'env', 'jsonata'] as const;
/** Types that flows made by programs may hold; offered where they do. */
const ofPrograms = ['json', 'date'] as const;
const image = (name: string) => `red/images/typedInput/${name}.svg`;

/** What a row is built from. */
export interface RowOptions {
  readonly parameter: ParameterForm;
  readonly stored: Row | undefined;
  /** Id of the NVR that is chosen in the form. */
  readonly nvrId: () => string;
  /** What the form holds now. */
  readonly rows: () => Rows;
  /** The parameter that is the camera, on which lists may depend. */
  readonly camera: string | undefined;
  /** What it means to leave it empty. */
  readonly empty?: string | undefined;
}

/** The typedInput type for a value that is written into the form itself, as the declaration types it. */
function literalType(
  { parameter, stored, rows, empty = t('form.notSent') }: RowOptions,
  choices: Choices | undefined,
): InputType {
  const { required } = parameter;
  const schema: Shape = parameter.schema;
  const validate = (value: unknown) => literalFits(parameter, String(value), isNeeded(parameter, rows()));
  const base = { value: 'literal', validate };
  const suggested = choices && { autoComplete: choices };
  if (isTime(schema)) return { ...base, label: t('form.time'), icon: 'fa fa-clock-o' };
  switch (kindOf(schema)) {
    case 'choice': {
      const none = { value: '', label: required ? t('form.chooseValue') : empty };
      const listed = (optionsOf(schema) ?? []).map((option) => ({ value: option, label: option }));
      return { ...base, label: t('form.choice'), icon: 'fa fa-list-ul', options: [none, ...listed] };
    }
    case 'number':
      return { ...base, label: t('form.number'), icon: image('09'), ...suggested };
    case 'list':
      return { ...base, label: t('form.list'), icon: 'fa fa-ellipsis-h', ...suggested };
    case 'text': {
      const hidden = schema.format === 'password' && { inputType: 'password' as const };
      return { ...base, label: t('form.text'), icon: image('az'), ...hidden, ...suggested };
    }
    case 'lines':
      return linesType(base, stored);
    case 'json':
      return { ...base, label: 'JSON', icon: image('json'), expand: editJson };
  }
}

/** Node-RED's own type, which also offers what our messages have, and what was read last. */
function messageType(): InputType {
  return {
    ...{ value: 'msg', label: 'msg.', validate: (path) => RED.utils.validatePropertyExpression(path) },
    autoComplete: (text, done) => done(suggestPaths(text).map((value) => ({ value, label: value }))),
  };
}

/** Text of several lines, which an input field would run together: kept beside it, and edited in a window. */
function linesType(base: { value: string; validate: (value: unknown) => boolean }, stored: Row | undefined): InputType {
  let text = stored && isLiteral(stored) ? stored.value : '';
  return {
    ...{ ...base, label: t('form.text'), icon: image('az') },
    validate: () => base.validate(text),
    export: () => text,
    valueLabel: (container) =>
      void container.append($('<div class="everfocus-lines">').text(text.split('\n', 1)[0] || t('form.lines'))),
    expand() {
      RED.editor.editText({
        value: text,
        complete: (edited) => {
          text = edited;
          typed(this).value(edited);
        },
      });
    },
  };
}

/** Opens the JSON editor on what the row holds. */
function editJson(this: JQuery): void {
  RED.editor.editJSON({
    value: rewritten(typed(this).value(), 2),
    complete: (edited) => typed(this).value(rewritten(edited)),
  });
}

/** JSON with that indentation; other text as it is. */
function rewritten(text: string, space = 0): string {
  try {
    return JSON.stringify(JSON.parse(text), null, space);
  } catch {
    return text;
  }
}

/** Inside its own options, a typedInput is the widget itself. */
function typed(widget: JQuery): { value(): string; value(text: string): void } {
  return widget as unknown as { value(): string; value(text: string): void };
}

/** What the row of a parameter holds before anybody has filled it. */
function presetOf({ schema, required }: ParameterForm): Row {
  const { upload, default: preset, fromMessage = upload === undefined ? undefined : 'payload' } = schema as Shape;
  if (fromMessage !== undefined) return { type: 'msg', value: fromMessage };
  // An optional parameter that is left out leaves the choice to the NVR.
  return { type: 'literal', value: required && preset !== undefined ? textOf(preset) : '' };
}

/** Adds the row of a parameter. @returns what shows anew whether it must be filled */
export function addParameterRow(container: JQuery, options: RowOptions): () => void {
  const { parameter, stored, nvrId, rows, camera, empty } = options;
  const { name, example } = parameter;
  const schema: Shape = parameter.schema;
  const { title, details } = wordsFor(parameter);
  const input = $('<input type="text" style="width: calc(100% - 125px)">').attr({
    'data-parameter': name,
    'aria-label': title,
  });
  const label = $('<label>').attr('title', name);
  const list = schema.picks ?? schema.items?.picks;
  const problem = note('').attr('role', 'status').hide();
  const say = (text: string) => void problem.text(text).toggle(text !== '');
  const query = (): Readonly<Record<string, string>> => {
    const row = camera === undefined || camera === name ? undefined : rows()[camera];
    // What another choice brought along is none of its own.
    return row && isLiteral(row) && !isBrought(container, camera ?? '', row.value) ? { camera: row.value } : {};
  };
  const source = { nvrId, list: list ?? '', query, isList: schema.type === 'array', say };
  const choices = list === undefined ? undefined : choicesFrom(source);
  const line = row().append(label, ' ', input, note(details), problem).appendTo(container);
  if (kindOf(schema) === 'json' && example !== undefined) line.append(exampleButton(input, example));

  const { type, value } = stored ?? presetOf(parameter);
  const offered = ofPrograms.filter((each) => each === type);
  const types = [literalType(options, choices), messageType(), ...sources, ...offered];
  const shown = stored && isLiteral(stored) ? 'literal' : type;
  input.data('stored', stored ?? null).typedInput({ types, default: shown });
  input.typedInput('value', value);
  nameParts(line, title);
  if (choices) {
    const field = line.find('.red-ui-typedInput-input');
    field.on('click', (event) => void $(event.target).trigger('keyup'));
    field.on('change', () => {
      const typed = String(field.val());
      if (camera === undefined || camera === name || typed === '' || input.typedInput('type') !== 'literal') return;
      // It may be typed without a look at what is offered.
      choices(typed, (found) => {
        if (String(field.val()) === typed) fillBesides(container, found, typed);
      });
    });
  }

  const sample = example === undefined ? undefined : `${t('form.example')} ${example}`;
  const mark = () => {
    const needed = isNeeded(parameter, rows());
    label.text(title + (needed ? ' *' : ''));
    const left = needed ? undefined : (empty ?? (sample === undefined ? t('form.notSent') : undefined));
    const hints = [left, sample].filter((hint) => hint !== undefined);
    line.find('.red-ui-typedInput-input').attr('placeholder', hints.join('; '));
    line.prop('hidden', !isOfUse(parameter, rows()));
  };
  return mark;
}

/** Tells a screen reader what the parts of a typedInput belong to, which have no names of their own. */
export function nameParts(line: JQuery, title: string): void {
  line.find('.red-ui-typedInput-input, .red-ui-typedInput-option-trigger').attr('aria-label', title);
  line.find('.red-ui-typedInput-option-expand').attr('aria-label', `${title}: ${t('form.window')}`);
  line.find('.red-ui-typedInput-type-select').attr('aria-label', `${title}: ${t('form.source')}`);
}

const BROUGHT = 'everfocus-brought';

function isBrought(container: JQuery, name: string, value: string): boolean {
  return container.find(`input[data-parameter="${name}"]`).data(BROUGHT) === value;
}

/** Fills rows that nobody has filled with what the chosen suggestion brings for them. */
export function fillBesides(container: JQuery, offered: readonly Choice[], chosen: string): void {
  const { also = {} } = offered.find(({ value }) => value === chosen) ?? {};
  for (const [name, value] of Object.entries(also)) {
    const input = container.find(`input[data-parameter="${name}"]`);
    const there = input.length === 0 ? undefined : input.typedInput('value');
    if (there === undefined || (there !== '' && !isBrought(container, name, there))) continue;
    input.data(BROUGHT, value);
    input.typedInput('type', 'literal');
    input.typedInput('value', value);
  }
}

/** A sample of the document is sent only where a person takes it. */
function exampleButton(input: JQuery, example: string): JQuery {
  return $('<button type="button" class="red-ui-button red-ui-button-small everfocus-example">')
    .text(t('form.useExample'))
    .on('click', () => {
      input.typedInput('type', 'literal');
      input.typedInput('value', example);
    });
}

/** The rows as they are stored: a parameter that is left empty is not sent and not stored. */
export function readRows(container: JQuery): Rows {
  const rows: Record<string, Row> = {};
  container.find('input[data-parameter]').each(function () {
    const input = $(this);
    if (input.closest('.everfocus-row').prop('hidden') === true) return;
    const row = { type: input.typedInput('type') as Row['type'], value: input.typedInput('value') };
    const name = input.attr('data-parameter') ?? '';
    if (row.type !== 'literal' || row.value !== '') rows[name] = asStored(row, input.data('stored') as Row | null);
  });
  return rows;
}

/** What a program wrote stays as it wrote it, until somebody changes it. */
function asStored(row: Row, stored: Row | null): Row {
  return stored && row.type === 'literal' && isLiteral(stored) && stored.value === row.value ? stored : row;
}
