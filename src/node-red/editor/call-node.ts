import type { Shape } from '../../shared/values/index.js';
import type { ActionForm } from '../form.js';
import type { Rows } from '../rows/row.js';
import type { ActionView } from './action-view.js';
import { actionsOf, byMessage, descriptionOf, findAction, loading, titleOf } from './forms.js';
import { helpOf } from './help.js';
import { picker } from './picker.js';
import { preselect } from './preselect.js';
import type { EditedNode, NodeType } from './red.js';
import { chooseOnlyNvr, keepFirstNvr, nvrByMessage, nvrProperty, prepareNvrRow } from './nvr-row.js';
import { misfits } from './requirements.js';
import { addParameterRow, nameParts, readRows } from './rows.js';
import { addRunNow } from './run-now.js';
import { labelled, note, row, t, translated } from './texts.js';
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

/** What a node adds to the form of a call. */
export interface CallNodeExtras {
  /** What it means to leave a row empty. Default: not sent. */
  readonly empty?: (action: ActionForm) => string | undefined;
  /** Called for each action that is shown, with its rows in place. */
  readonly shown?: (view: ActionView) => void;
}

/** Nodes that were dragged in, and whose forms were not done yet. */
const fresh = new Set<string>();

/** Fills the part of the form that depends on the operation. @param isNew nobody has left a row of it empty yet */
function showAction(
  node: CallNode,
  container: JQuery,
  { id, rows, isNew }: { readonly id: string; readonly rows: Rows; readonly isNew: boolean },
  extras: CallNodeExtras,
): void {
  const isByMessage = id === byMessage().id;
  const action = findAction(node.type, id);
  const parameters = isByMessage ? byMessage().parameters : (action?.parameters ?? []);
  const stored: Rows = isByMessage ? { params: { type: 'msg', value: 'payload' }, ...rows } : rows;
  container.empty().off('change');
  if (action) {
    const section = action.section ? ` (SDK ${action.section})` : '';
    container.append(note(descriptionOf(action) + section).addClass('everfocus-about'));
  }
  const camera = parameters.find(({ schema }) => (schema as Shape).picks === 'channel')?.name;
  const shared = { nvrId: () => String($('#node-input-nvr').val()), rows: () => readRows(container), camera };
  const empty = action && extras.empty?.(action);
  const marks = parameters.map((parameter) =>
    addParameterRow(container, { parameter, stored: stored[parameter.name], ...shared, empty }),
  );
  const mark = () => marks.forEach((each) => each());
  mark();
  if (camera !== undefined) followNvr(container, camera);
  // One row may say whether another must be filled.
  container.on('change', mark);
  if (isNew) preselect({ container, parameters, ...shared });
  $('#everfocus-confirm-row').toggle(isByMessage || action?.needsConfirmation === true);
  if (action) {
    extras.shown?.({ action, container, ...shared });
    addRunNow({ action, container, ...shared });
  }
  if (action && (parameters.length > 0 || action.reply)) container.append(helpOf(action));
}

/** Where each message has its NVR, a camera that is not chosen is that of the message. */
function followNvr(container: JQuery, camera: string): void {
  $('#node-input-nvr')
    .off('.everfocusCamera')
    .on('change.everfocusCamera', ({ originalEvent, target }) => {
      const input = container.find(`input[data-parameter="${camera}"]`);
      // Only where a person chooses: opening a form changes nothing.
      if (!originalEvent || $(target).val() !== nvrByMessage || input.typedInput('value') !== '') return;
      input.typedInput('type', 'msg');
      input.typedInput('value', 'everfocus.channel');
    });
}

function prepareCall(node: CallNode, outputs: number, extras: CallNodeExtras): void {
  const container = $('#everfocus-call');
  const confirm = $('<input type="checkbox" id="everfocus-confirm">');
  const output = $('<input type="text" id="everfocus-output" style="width: calc(100% - 125px)">');
  void loading.then(() => {
    const rows = $('<div id="everfocus-rows">');
    const show = (id: string) => {
      const isStored = id === node.operation;
      // What was confirmed for one operation is not confirmed for another.
      confirm.prop('checked', isStored && node.confirm);
      const stored = (isStored && node.params) || {};
      showAction(node, rows, { id, rows: stored, isNew: !isStored || fresh.has(node.id) }, extras);
    };
    container.append(
      labelled(t('form.operation'), picker(actionsOf(node.type), node.operation, show)),
      rows,
      row()
        .attr('id', 'everfocus-confirm-row')
        .append($('<label class="everfocus-confirm">').append(confirm, ' ', t('form.confirm'))),
      labelled(t('form.output'), output.val(node.output || 'payload')).toggle(outputs > 0),
    );
    show(node.operation);
    output.typedInput({ types: ['msg'] });
    nameParts(output.parent(), t('form.output'));
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

/** What makes one call node another than the rest. */
export interface CallNodeOptions extends CallNodeExtras {
  readonly paletteLabel: string;
  /** The operation that it begins with. */
  readonly operation: string;
  /** The rows that it begins with. */
  readonly params?: Rows;
  readonly words?: string;
  /** Kept for old flows, and not offered. */
  readonly hidden?: boolean;
  /** Default: 1. Without an output there is no row for the reply. */
  readonly outputs?: 0 | 1;
  /** What it says on the canvas, its name included; empty: its name or the operation's title. */
  readonly label?: (node: Pick<CallConfig, 'name' | 'operation' | 'params'>) => string;
}

/** The definition of a call node. @param icon the node whose icon it has */
export function callNode(icon: string, options: CallNodeOptions): NodeType<CallConfig> {
  const { paletteLabel, operation, params = {}, words = '', hidden = false, outputs = 1, label } = options;
  return {
    // The palette leaves that category out.
    category: hidden ? 'deprecated' : 'EverFocus',
    color: colours.call,
    icon: `everfocus-${icon}.svg`,
    inputs: 1,
    outputs,
    paletteLabel,
    words,
    defaults: {
      name: { value: '' },
      nvr: nvrProperty,
      operation: { value: operation, required: true },
      params: {
        value: params,
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
      return label?.(this) || this.name || (action ? titleOf(action) : this.operation) || translated(paletteLabel);
    },
    labelStyle() {
      return this.name ? 'node_label_italic' : '';
    },
    onadd() {
      chooseOnlyNvr.call(this);
      // What is pasted or imported has its rows as somebody left them.
      if (JSON.stringify(this.params) === JSON.stringify(params)) fresh.add(this.id);
    },
    oneditprepare() {
      prepareNvrRow(this);
      prepareCall(this, outputs, options);
    },
    oneditsave() {
      fresh.delete(this.id);
      keepFirstNvr();
      saveCall(this);
    },
  };
}
