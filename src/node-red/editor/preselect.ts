import type { ParameterForm } from '../form.js';
import type { Rows } from '../rows/row.js';
import type { Shape } from '../../shared/values/index.js';
import { choicesFrom } from './choices.js';
import { isLiteral } from './requirements.js';
import { fillBesides } from './rows.js';
import { t } from './texts.js';

/** The rows that begin with something, and where they stand. */
export interface Preselection {
  readonly container: JQuery;
  readonly parameters: readonly ParameterForm[];
  readonly nvrId: () => string;
  readonly rows: () => Rows;
}

/**
 * Nobody should have to choose from one: what the NVR has only one of (a camera, a preset, an output) is filled into rows
 * that are empty and must not be. Of several outputs, or presets to go to, it is the first, and the form says that there are
 * more.
 */
export function preselect({ container, parameters, nvrId, rows }: Preselection): void {
  const begin = parameters.flatMap((parameter) => {
    const { picks, beginsWith } = parameter.schema as Shape;
    return picks !== undefined && (parameter.required || beginsWith !== undefined)
      ? [beginning(parameter.name, picks, beginsWith)]
      : [];
  });
  const all = () => begin.forEach((each) => each());
  $('#node-input-nvr').off('.everfocusPreselect').on('change.everfocusPreselect', all);
  all();

  function beginning(name: string, list: string, beginsWith: 'first' | undefined): () => void {
    const input = container.find(`input[data-parameter="${name}"]`);
    // Without a camera: a preset may bring its own.
    const choices = choicesFrom({ nvrId, list, isList: false, say: () => undefined });
    let put = '';
    let brought: readonly [string, string][] = [];
    const status = () => input.closest('.everfocus-row').find('[role=status]');
    const isEmpty = () => {
      // Who chose another operation meanwhile has other rows.
      if (!input[0]?.isConnected) return false;
      // Who is in the row is about to type: what came in between would stand beside it.
      if (input.closest('.everfocus-row')[0]?.contains(document.activeElement)) return false;
      const row = rows()[name];
      return row === undefined || (isLiteral(row) && row.value === put);
    };
    const contradicts = ([other, value]: [string, string]) => {
      const row = rows()[other];
      return row !== undefined && !(isLiteral(row) && row.value === value);
    };
    // Of another source the same text would say something else.
    input.on('change', () => {
      const row = rows()[name];
      if (put === '' || row === undefined || isLiteral(row) || row.value !== put) return;
      take();
    });
    // The first preset of one camera is none of another.
    container.on('change', () => {
      if (beginsWith === 'first' && put !== '' && brought.some(contradicts) && isEmpty()) take();
    });
    function take(): void {
      put = '';
      input.typedInput('value', '');
      status().text('').hide();
    }
    return () => {
      if (!isEmpty()) return;
      choices('', (found) => {
        const [first, second] = found;
        if (!first || (second && beginsWith !== 'first') || !isEmpty()) return;
        const besides = Object.entries(first.also ?? {});
        if (besides.some(contradicts)) return;
        put = first.value;
        brought = besides;
        input.typedInput('value', put);
        fillBesides(container, found, put);
        if (!second) return;
        const said = t('form.firstOf', undefined, { count: found.length });
        status().text(said).show();
      });
    };
  }
}
