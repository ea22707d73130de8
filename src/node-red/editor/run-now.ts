import type { Ran } from '../admin/run-now.js';
import { failureText, questionTo } from './ask.js';
import type { ActionView } from './action-view.js';
import { RED } from './red.js';
import { rememberCopied, rememberReply, stepTo } from './reply-paths.js';
import { isLiteral, misfits } from './requirements.js';
import { note, row, t } from './texts.js';
import { wordsFor } from './words.js';

/** What *Run now* shows and asks. */
export interface RunPanel {
  readonly container: JQuery;
  /** The question, or why it cannot be asked. */
  readonly ask: () => { readonly send: () => PromiseLike<Ran> } | { readonly problem: string };
  /** The property that the reply would be in. */
  readonly output: () => string;
  /** Shows more where the path to a value was copied. */
  readonly copied?: (path: string, said: JQuery) => void;
}

/** Adds the button, and a place for the reply, which is shown as the debug sidebar shows it. */
export function addRunPanel({ container, ask, output, copied }: RunPanel): void {
  const button = $('<button type="button" class="red-ui-button" id="everfocus-now">');
  button.append($('<i class="fa fa-play">'), ` ${t('now.run')}`);
  const said = note('').attr({ id: 'everfocus-now-said', role: 'status' });
  const result = $('<div class="everfocus-reply">');
  container.append(row().append($('<label>'), ' ', button, said), result);
  const isCopied = (path: string) => {
    rememberCopied(path);
    said.text(t('now.copied', undefined, { path: `msg.${path}` }));
    copied?.(path, said);
  };
  button.on('click', () => {
    const question = ask();
    result.empty();
    if ('problem' in question) return void said.text(question.problem);
    said.text(t('now.running'));
    button.prop('disabled', true);
    question.send().then(
      ({ payload, everfocus, picture }) => {
        const { ms } = everfocus as { readonly ms: number };
        button.prop('disabled', false);
        said.text(t('now.ran', undefined, { ms: Math.round(ms) }));
        rememberReply(output(), payload);
        if (picture !== undefined) result.append($('<img alt="">').attr('src', picture));
        result.append(treeOf(payload, output(), isCopied));
      },
      (failure: unknown) => {
        button.prop('disabled', false);
        said.text(failureText(failure));
      },
    );
  });
}

/**
 * Adds *Run now* to the form of an operation that only reads: it is run with what the form holds. The path to a value of
 * the reply can be copied, and put into the row that was edited last.
 */
export function addRunNow({ action, container, nvrId, rows }: ActionView): void {
  if (!action.isTried) return;
  let edited: string | undefined;
  container.on('focusin', (event) => {
    edited = $(event.target).closest('.everfocus-row').find('input[data-parameter]').attr('data-parameter') ?? edited;
  });
  const problem = (): string | undefined => {
    const filled = rows();
    const wrong = misfits(action.parameters, filled).map((parameter) => wordsFor(parameter).title);
    if (wrong.length > 0) return t('form.wrong', undefined, { names: wrong.join(', ') });
    const foreign = action.parameters.find(({ name }) => {
      const stored = filled[name];
      return stored && !isLiteral(stored) && !['json', 'date'].includes(stored.type);
    });
    return foreign && t('now.foreign', undefined, { row: wordsFor(foreign).title });
  };
  addRunPanel({
    container,
    output: () => $('#everfocus-output').typedInput('value') || 'payload',
    ask() {
      const question = questionTo<Ran>(nvrId(), 'now', {}, { operation: action.id, params: rows() });
      if (!question) return { problem: t('now.noNvr') };
      const reason = problem();
      return reason === undefined ? question : { problem: reason };
    },
    copied(path, said) {
      const parameter = action.parameters.find(({ name }) => name === edited);
      if (!parameter) return;
      const into = $('<button type="button" class="red-ui-button red-ui-button-small" id="everfocus-into-row">');
      into.text(t('now.into', undefined, { row: wordsFor(parameter).title })).on('click', () => {
        const input = container.find(`input[data-parameter="${parameter.name}"]`);
        input.typedInput('type', 'msg');
        input.typedInput('value', path);
        into.remove();
      });
      said.append(' ', into);
    },
  });
}

/** A reply as the debug sidebar has it, open, and worked by keyboard as well. */
function treeOf(payload: unknown, path: string, copied: (path: string) => void): JQuery {
  const frame = $('<div class="everfocus-tree red-ui-debug-msg-payload" role="group">').attr('aria-label', path);
  let tree: JQuery;
  try {
    tree = RED.utils.createObjectElement(payload, { sourceId: 'everfocus-now', path, rootPath: path });
  } catch {
    // What an NVR answers may look like a mark of the editor's own.
    return frame.append($('<pre>').text(JSON.stringify(payload, null, 2)));
  }
  frame.append(tree);
  // The rows of the tree are made when they are opened.
  const reach = () => frame.find('.red-ui-debug-msg-row:has(> .red-ui-debug-msg-object-handle)').attr('tabindex', 0);
  new MutationObserver(reach).observe(frame[0] as HTMLElement, { childList: true, subtree: true });
  tree.children('.red-ui-debug-msg-row').trigger('click');
  reach();
  frame.on('keydown', '.red-ui-debug-msg-row', (event) => {
    if (event.target !== event.currentTarget || !['Enter', ' '].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    $(event.currentTarget as HTMLElement).trigger('click');
  });
  // Node-RED's own button keeps the click to itself.
  frame[0]?.addEventListener(
    'click',
    ({ target }) => {
      const button = (target as HTMLElement).closest('.red-ui-debug-msg-tools-copy > button:first-child');
      if (button) copied(path + stepsTo(button, frame));
    },
    true,
  );
  return frame;
}

/** The way from the top of a tree to the value whose row something is in. */
function stepsTo(inside: Element, frame: JQuery): string {
  const element = inside.closest('.red-ui-debug-msg-element');
  const above = element?.parentElement?.closest('.red-ui-debug-msg-element');
  if (!element || !above || !frame[0]?.contains(above)) return '';
  const key = $(element).children('.red-ui-debug-msg-row').children('.red-ui-debug-msg-object-key').text();
  const inList = element.parentElement?.closest('.red-ui-debug-msg-array-rows, .red-ui-debug-msg-element') !== above;
  return stepsTo(above.children[0] ?? above, frame) + stepTo(key, inList);
}
