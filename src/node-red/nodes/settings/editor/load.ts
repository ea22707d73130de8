import type { LoadedSettings } from '../../../admin/settings.js';
import type { ActionView } from '../../../editor/call-node.js';
import { isDeployed, RED } from '../../../editor/red.js';
import { isLiteral, isNeeded } from '../../../editor/requirements.js';
import { row, t } from '../../../editor/texts.js';
import { kindOf, type Shape, textOf } from '../../../../shared/values/index.js';

/** Is told what the NVR holds now; `undefined` where that is not known any more. */
export type Loaded = (loaded: LoadedSettings | undefined) => void;

interface Failure {
  readonly responseJSON?: { readonly code?: string; readonly message?: string };
  readonly statusText?: string;
}

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
      showNow(container, name, kindOf(schema) === 'json', loaded?.values[name]);
    }
    for (const tell of told) tell(loaded);
  };
  const load = (url: string) => {
    asked = url;
    said.text(t('settings.loading'));
    ($.getJSON(url) as PromiseLike<LoadedSettings>).then(
      (loaded) => {
        if (asked !== url) return;
        said.text(t('settings.loaded'));
        show(loaded);
      },
      (failure: unknown) => {
        if (asked !== url) return;
        const { responseJSON, statusText } = failure as Failure;
        const { code = 'ERROR', message = statusText } = responseJSON ?? {};
        said.text(`${t('form.noAnswer')} ${code}: ${message ?? ''}`);
        show(undefined);
      },
    );
  };
  /** Address of what the form names; why not, where it cannot be asked for. */
  const address = (): { url: string } | { problem: string } => {
    const id = nvrId();
    if (!RED.nodes.node(id)) return { problem: t('form.noNvr') };
    if (!isDeployed(id)) return { problem: t('settings.deployFirst') };
    const filled = rows();
    const query = new URLSearchParams();
    for (const parameter of names) {
      const stored = filled[parameter.name];
      if (stored && isLiteral(stored) && stored.value !== '') query.set(parameter.name, stored.value);
      else if (isNeeded(parameter, filled)) return { problem: t('settings.nameFirst') };
    }
    const name = action.id.replace(/\.\w+$/, '');
    return { url: `everfocus-nvr/${encodeURIComponent(id)}/settings/${name}?${query.toString()}` };
  };
  button.on('click', () => {
    const place = address();
    if ('url' in place) load(place.url);
    else said.text(place.problem);
  });
  const follow = () => {
    const place = address();
    const url = 'url' in place ? place.url : '';
    if (url === asked) return;
    if (asked !== '') show(undefined);
    asked = url;
    said.text('');
    if (url !== '') load(url);
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
function showNow(container: JQuery, name: string, isJson: boolean, value: unknown): void {
  const line = rowOf(container, name);
  line.find('.everfocus-now').remove();
  if (value === undefined) return;
  const text = typeof value === 'string' && !isJson ? (value === '' ? '""' : value) : textOf(value);
  const button = $('<button type="button" class="everfocus-now">').attr('title', t('settings.takeOver'));
  button.append($('<span>').text(`${t('settings.now')} `), $('<b>').text(text));
  button.on('click', () => fillRow(container, name, Array.isArray(value) && !isJson ? value.join(', ') : text));
  line.find('.everfocus-note').first().before(button);
}
