import { actionsOf, byMessage, descriptionOf, findAction, loading, titleOf } from './forms.js';
import { helpOf } from './help.js';
import { picker } from './picker.js';
import { addParameterRow, readRows } from './rows.js';
import { isLiteralValid } from './schema.js';
import { labelled, note, row, t } from './texts.js';

export const colours = { call: '#8BAED0', hook: '#A3C9A1' };

/** Fills the part of the form that depends on the operation. */
function showAction(node, container, id, rows, nvrId) {
  const isByMessage = id === byMessage().id;
  const action = findAction(node.type, id);
  const parameters = isByMessage ? byMessage().parameters : (action?.parameters ?? []);
  const stored = isByMessage ? { params: { type: 'msg', value: 'payload' }, ...rows } : rows;
  container.empty();
  if (action) {
    const section = action.section ? ` (SDK ${action.section})` : '';
    container.append(note(descriptionOf(action) + section).addClass('everfocus-about'));
  }
  parameters.forEach((parameter) => addParameterRow(container, parameter, stored[parameter.name], nvrId));
  $('#everfocus-confirm-row').toggle(isByMessage || action?.needsConfirmation === true);
  if (action && (parameters.length > 0 || action.reply)) container.append(helpOf(action));
}

function prepareCall(node) {
  const container = $('#everfocus-call');
  const nvrId = () => $('#node-input-nvr').val();
  const confirm = $('<input type="checkbox" id="everfocus-confirm">');
  const output = $('<input type="text" id="everfocus-output" style="width: calc(100% - 125px)">');
  loading.then(() => {
    const rows = $('<div id="everfocus-rows">');
    const show = (id) => {
      const isStored = id === node.operation;
      // What was confirmed for one operation is not confirmed for another.
      confirm.prop('checked', isStored && node.confirm === true);
      showAction(node, rows, id, isStored ? node.params : {}, nvrId);
    };
    container.append(
      labelled(t('form.operation'), picker(actionsOf(node.type), node.operation, show)),
      rows,
      row()
        .attr('id', 'everfocus-confirm-row')
        .append($('<label class="everfocus-confirm">').append(confirm, ' ', t('form.confirm'))),
      labelled(t('form.output'), output.val(node.output || 'payload')),
    );
    show(node.operation);
    output.typedInput({ types: ['msg'] });
  });
}

function saveCall(node) {
  if (!$('#everfocus-operation').length) return;
  node.operation = $('#everfocus-operation').attr('data-operation');
  node.params = readRows($('#everfocus-rows'));
  node.output = $('#everfocus-output').typedInput('value') || 'payload';
  node.confirm = $('#everfocus-confirm').prop('checked') && $('#everfocus-confirm-row').css('display') !== 'none';
  node.version = 1;
}

function missing(node, params) {
  const wrong = (findAction(node.type, node.operation)?.parameters ?? []).filter((parameter) => {
    const stored = params[parameter.name] ?? { type: 'literal', value: '' };
    return stored.type === 'literal' && !isLiteralValid(parameter, String(stored.value));
  });
  return wrong.map(({ name, schema }) => schema.title ?? name);
}

/** The definition of a call node. */
export function callNode(paletteLabel, operation) {
  return {
    category: 'EverFocus',
    color: colours.call,
    icon: `everfocus-${paletteLabel}.svg`,
    inputs: 1,
    outputs: 1,
    paletteLabel,
    defaults: {
      name: { value: '' },
      nvr: { value: '', type: 'everfocus-nvr', required: true },
      operation: { value: operation, required: true },
      params: {
        value: {},
        // Only a validator with two parameters may answer with a reason.
        // eslint-disable-next-line no-unused-vars
        validate(params, _options) {
          const names = missing(this, params ?? {});
          return names.length === 0 || t('form.wrong', undefined, { names: names.join(', ') });
        },
      },
      output: { value: 'payload', required: true },
      confirm: { value: false },
      version: { value: 1 },
    },
    label() {
      const action = findAction(this.type, this.operation);
      return this.name || (action ? titleOf(action) : this.operation) || paletteLabel;
    },
    labelStyle() {
      return this.name ? 'node_label_italic' : '';
    },
    oneditprepare() {
      prepareCall(this);
    },
    oneditsave() {
      saveCall(this);
    },
  };
}
