import { choicesFrom } from './choices.js';
import { field } from './fields.js';
import { isDeployed } from './red.js';
import { note } from './texts.js';

interface Chip {
  readonly value: string;
  readonly label: string;
}

/** Buttons that put words into a list that stays text: what they show is what the text says. */
export function chips(container: JQuery, input: JQuery, choices: readonly Chip[]): void {
  const words = () =>
    String(input.val())
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  const buttons = choices.map(({ value, label }) => {
    const button = $('<button type="button" class="red-ui-button red-ui-button-small">').text(label);
    return button.attr('data-value', value).on('click', () => {
      const others = words().filter((word) => word !== value);
      input.val((others.length < words().length ? others : [...others, value]).join(', ')).trigger('change');
    });
  });
  const show = () => {
    for (const button of buttons)
      button.attr('aria-pressed', String(words().includes(button.attr('data-value') ?? '')));
  };
  container.empty().append(buttons);
  input.off('.everfocus').on('change.everfocus input.everfocus', show);
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
