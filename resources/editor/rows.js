import { isLiteralValid, kindOf, optionsOf } from './schema.js';
import { note, row, t } from './texts.js';
import { wordsFor } from './words.js';

const sources = ['msg', 'flow', 'global', 'env', 'jsonata'];
const image = (name) => `red/images/typedInput/${name}.svg`;

/** The typedInput type for a value that is written into the form itself, as the declaration types it. */
function literalType(parameter, stored, choices) {
  const { schema, required, example } = parameter;
  const base = { value: 'literal', validate: (value) => isLiteralValid(parameter, String(value)) };
  const suggested = choices && { autoComplete: choices };
  switch (kindOf(schema)) {
    case 'choice': {
      const none = { value: '', label: required ? t('form.chooseValue') : t('form.notSent') };
      const listed = optionsOf(schema).map((option) => ({ value: option, label: option }));
      return { ...base, label: t('form.choice'), icon: 'fa fa-list-ul', options: [none, ...listed] };
    }
    case 'number':
      return { ...base, label: t('form.number'), icon: image('09'), ...suggested };
    case 'list':
      return { ...base, label: t('form.list'), icon: 'fa fa-ellipsis-h', ...suggested };
    case 'text': {
      const hidden = schema.format === 'password' && { inputType: 'password' };
      return { ...base, label: t('form.text'), icon: image('az'), ...hidden };
    }
    case 'lines':
      return linesType(base, stored);
    default:
      return { ...base, label: 'JSON', icon: image('json'), expand: editJson(example) };
  }
}

/** Text of several lines, which an input field would run together: kept beside it, and edited in a window. */
function linesType(base, stored) {
  let text = stored?.type === 'literal' ? stored.value : '';
  return {
    ...{ ...base, label: t('form.text'), icon: image('az') },
    validate: () => base.validate(text),
    export: () => text,
    valueLabel: (container) =>
      container.append($('<div class="everfocus-lines">').text(text.split('\n', 1)[0] || t('form.lines'))),
    expand() {
      RED.editor.editText({
        value: text,
        complete: (edited) => {
          text = edited;
          this.value(edited);
        },
      });
    },
  };
}

/** Opens the JSON editor; what is empty starts from an example. */
function editJson(example = '') {
  return function () {
    const pretty = (text, space) => {
      try {
        return JSON.stringify(JSON.parse(text), null, space);
      } catch {
        return text;
      }
    };
    RED.editor.editJSON({
      value: pretty(this.value() || example, 2),
      complete: (edited) => this.value(pretty(edited)),
    });
  };
}

/** Suggestions from the deployed NVR; free text stays possible. In a list they are for its last item. */
function choicesFrom(nvrId, list, isList) {
  let loaded;
  return (text, done) => {
    const before = isList ? text.slice(0, text.lastIndexOf(',') + 1) : '';
    const begun = text.slice(before.length).trim().toLowerCase();
    loaded ??= $.getJSON(`everfocus-nvr/${encodeURIComponent(nvrId())}/${list}`).then(null, () => []);
    loaded.then((choices) =>
      done(
        choices
          .filter(({ label }) => label.toLowerCase().includes(begun))
          .map(({ value, label }) => ({ value: before + value, label })),
      ),
    );
  };
}

/** What the row of a parameter holds before anybody has filled it. */
function presetOf({ schema, required }) {
  if (schema.upload) return { type: 'msg', value: 'payload' };
  // An optional parameter that is left out leaves the choice to the NVR.
  return { type: 'literal', value: required && schema.default !== undefined ? String(schema.default) : '' };
}

export function addParameterRow(container, parameter, stored, nvrId) {
  const { name, schema, required, example } = parameter;
  const { title, details } = wordsFor(parameter);
  const placeholder = example !== undefined ? `${t('form.example')} ${example}` : required ? '' : t('form.notSent');
  const input = $('<input type="text" style="width: calc(100% - 125px)">').attr({
    'data-parameter': name,
    'aria-label': title,
    placeholder,
  });
  const label = $('<label>')
    .text(title + (required ? ' *' : ''))
    .attr('title', name);
  const line = row().append(label, ' ', input, note(details)).appendTo(container);
  const list = schema.picks ?? schema.items?.picks;
  const choices = list && choicesFrom(nvrId, list, schema.type === 'array');
  const { type, value } = stored ?? presetOf(parameter);
  input.typedInput({ types: [literalType(parameter, stored, choices), ...sources], default: type });
  input.typedInput('value', value);
  if (choices) line.find('.red-ui-typedInput-input').on('click', (event) => $(event.target).trigger('keyup'));
}

/** The rows as they are stored: a parameter that is left empty is not sent and not stored. */
export function readRows(container) {
  const rows = {};
  container.find('input[data-parameter]').each(function () {
    const [type, value] = [$(this).typedInput('type'), $(this).typedInput('value')];
    if (type !== 'literal' || value !== '') rows[$(this).attr('data-parameter')] = { type, value };
  });
  return rows;
}
