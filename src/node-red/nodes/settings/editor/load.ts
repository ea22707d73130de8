import type { LoadedSettings } from '../../../admin/settings.js';
import { failureText, type Question, questionTo } from '../../../editor/ask.js';
import type { ActionView } from '../../../editor/action-view.js';
import { isLiteral, isNeeded } from '../../../editor/requirements.js';
import { row, t } from '../../../editor/texts.js';
import { type Shape, writeText } from '../../../../shared/values/index.js';
import type { Parameter } from '../../../actions/action.js';

/** Is told what the NVR holds now; `undefined` where that is not known any more. */
export type Loaded = (loaded: LoadedSettings | undefined) => void;

/**
 * Adds *Load from NVR*: rows then show what the NVR holds now, and take it over where it is clicked. The rows themselves
 * stay as they are: what is not filled in is not changed. Loads by itself once the rows say of what.
 */
export function addLoadButton(view: ActionView, told: readonly Loaded[]): void {
  const { action, container, nvrId, rows } = view;
  const names = action.parameters.filter(({ required, schema }) => required || (schema as Shape).neededWith);
  const said = $('<span id="everfocus-loaded" role="status">');
  const button = $('<button type="button" class="red-ui-button" id="everfocus-load">').append(
    $('<i class="fa fa-download">'),
    ` ${t('settings.load')}`,
  );
  const line = row().append($('<label>'), ' ', button, ' ', said);
  const after = names.map(({ name }) => rowOf(container, name)).at(-1);
  if (after) line.insertAfter(after);
  else line.insertAfter(container.find('.everfocus-about'));

  let asked = '';
  const show = (loaded: LoadedSettings | undefined) => {
    for (const { name, schema } of action.parameters) {
      // What is drawn needs no words.
      if ('itemNames' in schema || 'drawnAs' in schema) continue;
      showNow(container, { name, schema }, loaded?.values[name]);
    }
    for (const tell of told) tell(loaded);
  };
  const load = ({ key, send }: Question<LoadedSettings>) => {
    asked = key;
    said.text(t('settings.loading'));
    (send() as PromiseLike<LoadedSettings>).then(
      (loaded) => {
        if (asked !== key) return;
        said.text(t('settings.loaded'));
        show(loaded);
      },
      (failure: unknown) => {
        if (asked !== key) return;
        said.text(failureText(failure));
        show(undefined);
      },
    );
  };
  /** What the form names; why not, where it cannot be asked for. */
  const question = (): { asks: Question<LoadedSettings> } | { problem: string } => {
    const filled = rows();
    const query: Record<string, string> = {};
    for (const parameter of names) {
      const stored = filled[parameter.name];
      if (stored && isLiteral(stored) && stored.value !== '') query[parameter.name] = stored.value;
      else if (isNeeded(parameter, filled)) return { problem: t('settings.nameFirst') };
    }
    const asks = questionTo<LoadedSettings>(nvrId(), `settings/${action.id.replace(/\.\w+$/, '')}`, query);
    return asks ? { asks } : { problem: t('form.noNvr') };
  };
  button.on('click', () => {
    const next = question();
    if ('asks' in next) load(next.asks);
    else said.text(next.problem);
  });
  const follow = () => {
    const next = question();
    const key = 'asks' in next ? next.asks.key : '';
    if (key === asked) return;
    if (asked !== '') show(undefined);
    asked = key;
    said.text('');
    if ('asks' in next) load(next.asks);
  };
  container.on('change', follow);
  $('#node-input-nvr')
    .off('.everfocusLoad')
    .on('change.everfocusLoad', () => void (container.closest('body').length > 0 && follow()));
  follow();
}

export function rowOf(container: JQuery, name: string): JQuery {
  return container.find(`input[data-parameter="${name}"]`).closest('.everfocus-row');
}

/** Fills the row of a parameter, as if somebody had typed it. */
export function fillRow(container: JQuery, name: string, text: string): void {
  const input = container.find(`input[data-parameter="${name}"]`);
  input.typedInput('type', 'literal');
  input.typedInput('value', text);
}

/** What a row shows beside its field: what the NVR holds now. */
function showNow(container: JQuery, { name, schema }: Pick<Parameter, 'name' | 'schema'>, value: unknown): void {
  const line = rowOf(container, name);
  line.find('.everfocus-now').remove();
  if (value === undefined) return;
  const text = writeText(schema, value);
  const button = $('<button type="button" class="everfocus-now">').attr('title', t('settings.takeOver'));
  button.append($('<span>').text(`${t('settings.now')} `), $('<b>').text(text));
  button.on('click', () => fillRow(container, name, text));
  line.find('.everfocus-note').first().before(button);
}
