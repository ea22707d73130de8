import { choicesFrom } from './choices.js';
import { field } from './fields.js';
import { allNvrs } from './nvr-row.js';
import { isDeployed } from './red.js';
import { note } from './texts.js';

interface Chip {
  readonly value: string;
  readonly label: string;
}

/**
 * Buttons that put words into a list that stays text: what they show is what the text says. Those that stay are not made anew:
 * somebody may be about to press one.
 */
export function chips(container: JQuery, input: JQuery, choices: readonly Chip[]): void {
  const words = () =>
    String(input.val())
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  const made = ({ value, label }: Chip) =>
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .text(label)
      .attr('data-value', value)
      .on('click', () => {
        const others = words().filter((word) => word !== value);
        input.val((others.length < words().length ? others : [...others, value]).join(', ')).trigger('change');
      });
  const show = () => {
    for (const button of container.children('button'))
      button.setAttribute('aria-pressed', String(words().includes(button.dataset['value'] ?? '')));
  };
  container.children(':not(button)').remove();
  const buttons = container.children('button').toArray();
  const same = (button: HTMLElement, choice: Chip | undefined) =>
    button.dataset['value'] === choice?.value && button.textContent === choice?.label;
  const changed = buttons.findIndex((button, at) => !same(button, choices[at]));
  const kept = changed < 0 ? buttons.length : changed;
  for (const button of buttons.slice(kept)) button.remove();
  container.append(choices.slice(kept).map(made));
  input.off('.everfocus').on('change.everfocus input.everfocus', show);
  show();
}

/**
 * Has what the chosen NVR lists offered, or says why it is not known. Of all NVRs nothing is offered.
 *
 * @param list the pick list that has it
 */
export function listedChips(container: JQuery, input: JQuery, list: string): void {
  const say = (text: string) => void (text !== '' && container.empty().append(note(text).attr('role', 'status')));
  const nvrId = () => String(field('nvr').val());
  const show = () => {
    if (nvrId() === allNvrs) return void container.empty();
    choicesFrom({ nvrId, list, isList: false, say })('', (choices) => {
      if (choices.length > 0) chips(container, input, choices);
    });
  };
  field('nvr').on('change', show);
  show();
}

/**
 * Has the types that were heard of the chosen NVR offered likewise, behind others.
 *
 * @param list the pick list that has them
 * @param none what is said where there are none
 */
export function heardChips(
  container: JQuery,
  input: JQuery,
  {
    list,
    others = [],
    none = '',
  }: { readonly list: string; readonly others?: readonly Chip[]; readonly none?: string },
): void {
  const nvrId = () => String(field('nvr').val());
  const show = () => {
    chips(container, input, others);
    // What no flow has started yet has heard nothing.
    if (!isDeployed(nvrId())) return;
    const asked = nvrId();
    choicesFrom({ nvrId, list, isList: false, say: () => undefined })('', (heard) => {
      if (nvrId() !== asked) return;
      chips(container, input, [...others, ...heard]);
      if (none !== '' && heard.length === 0) container.append(note(none).attr('role', 'status'));
    });
  };
  field('nvr').on('change', show);
  show();
}
