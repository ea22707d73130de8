/** Buttons that put words into a list that stays text: what they show is what the text says. */
export function chips(container: JQuery, input: JQuery, choices: readonly { value: string; label: string }[]): void {
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
