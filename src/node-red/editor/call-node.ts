import type { ActionForm } from '../form.js';
import type { Rows } from '../rows/row.js';
import { actionsOf, byMessage, descriptionOf, findAction, loading, titleOf } from './forms.js';
import { helpOf } from './help.js';
import { picker } from './picker.js';
import type { EditedNode, NodeType } from './red.js';
import { chooseOnlyNvr, nvrProperty, prepareNvrRow } from './nvr-row.js';
import { misfits } from './requirements.js';
import { addParameterRow, readRows } from './rows.js';
import { labelled, note, row, t } from './texts.js';
import { wordsFor } from './words.js';

export const colours = { call: '#8BAED0', hook: '#A3C9A1' } as const;

/** A call node as it is stored. */
export interface CallConfig {
  name: string;
  nvr: string;
  operation: string;
  /** A flow that a program made may have none. */
  params: Rows | undefined;
  output: string;
  confirm: boolean;
  version: number;
}

type CallNode = EditedNode<CallConfig>;

/** Fills the part of the form that depends on the operation. */
function showAction(node: CallNode, container: JQuery, id: string, rows: Rows): void {
  const isByMessage = id === byMessage().id;
  const action = findAction(node.type, id);
  const parameters = isByMessage ? byMessage().parameters : (action?.parameters ?? []);
  const stored: Rows = isByMessage ? { params: { type: 'msg', value: 'payload' }, ...rows } : rows;
  container.empty().off('change');
  if (action) {
    const section = action.section ? ` (SDK ${action.section})` : '';
    container.append(note(descriptionOf(action) + section).addClass('everfocus-about'));
  }
  const shared = { nvrId: () => String($('#node-input-nvr').val()), rows: () => readRows(container) };
  const marks = parameters.map((parameter) =>
    addParameterRow(container, { parameter, stored: stored[parameter.name], ...shared }),
  );
  const mark = () => marks.forEach((each) => each());
  mark();
  // One row may say whether another must be filled.
  container.on('change', mark);
  $('#everfocus-confirm-row').toggle(isByMessage || action?.needsConfirmation === true);
  if (action && (parameters.length > 0 || action.reply)) container.append(helpOf(action));
}

function prepareCall(node: CallNode): void {
  const container = $('#everfocus-call');
  const confirm = $('<input type="checkbox" id="everfocus-confirm">');
  const output = $('<input type="text" id="everfocus-output" style="width: calc(100% - 125px)">');
  void loading.then(() => {
    const rows = $('<div id="everfocus-rows">');
    const show = (id: string) => {
      const isStored = id === node.operation;
      // What was confirmed for one operation is not confirmed for another.
      confirm.prop('checked', isStored && node.confirm);
      showAction(node, rows, id, (isStored && node.params) || {});
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

function saveCall(node: CallNode): void {
  if (!$('#everfocus-operation').length) return;
  node.operation = $('#everfocus-operation').attr('data-operation') ?? '';
  node.params = readRows($('#everfocus-rows'));
  node.output = $('#everfocus-output').typedInput('value') || 'payload';
  node.confirm =
    Boolean($('#everfocus-confirm').prop('checked')) && $('#everfocus-confirm-row').css('display') !== 'none';
  node.version = 1;
}

function wrongRows(action: ActionForm | undefined, params: Rows): string[] {
  return misfits(action?.parameters ?? [], params).map((parameter) => wordsFor(parameter).title);
}

/** The definition of a call node. */
export function callNode(paletteLabel: string, operation: string): NodeType<CallConfig> {
  return {
    category: 'EverFocus',
    color: colours.call,
    icon: `everfocus-${paletteLabel}.svg`,
    inputs: 1,
    outputs: 1,
    paletteLabel,
    defaults: {
      name: { value: '' },
      nvr: nvrProperty,
      operation: { value: operation, required: true },
      params: {
        value: {},
        validate(params, _options) {
          const names = wrongRows(findAction(this.type, this.operation), params ?? {});
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
    onadd: chooseOnlyNvr,
    oneditprepare() {
      prepareNvrRow(this);
      prepareCall(this);
    },
    oneditsave() {
      saveCall(this);
    },
  };
}
