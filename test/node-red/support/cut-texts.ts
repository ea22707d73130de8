/**
 * What the form on top shows and cuts off: labels, buttons, entries, notes, and what stands in empty fields (samples of
 * long values excepted). Runs in the page of the editor, where nothing else of this file is.
 */
export function cutTexts(): string[] {
  const form = [...document.querySelectorAll<HTMLElement>('.red-ui-tray .everfocus-form')].at(-1);
  if (!form) return ['no form'];
  const shown = [...form.querySelectorAll<HTMLElement>('*')].filter((element) => element.checkVisibility());
  const own = (element: HTMLElement) =>
    [...element.childNodes]
      .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
      .map(({ textContent }) => textContent ?? '')
      .join(' ')
      .trim();
  const texts = shown
    .filter((element) => element.matches('label, button, option, .everfocus-note') && own(element) !== '')
    .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
    .map(own);
  const pen = document.createElement('canvas').getContext('2d');
  const hints = shown
    .filter((element) => element instanceof HTMLInputElement)
    .filter((field) => field.placeholder !== '' && !field.matches('.red-ui-typedInput-input'))
    .filter((field) => {
      const style = getComputedStyle(field);
      if (pen) pen.font = `${style.fontSize} ${style.fontFamily}`;
      const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      // Fonts differ from machine to machine by some per cent.
      return (pen?.measureText(field.placeholder).width ?? 0) > 1.06 * room;
    })
    .map(({ placeholder }) => placeholder);
  return [...texts, ...hints].map((text) => `cut: ${text}`);
}
