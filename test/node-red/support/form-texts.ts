import type { EditorPage } from './editor-page.js';

interface FormText {
  readonly text: string;
  /** It has less room than it needs. */
  readonly cut: boolean;
}

/** Texts of the form on top that are cut off: labels, buttons, entries, notes, and what stands in empty fields. */
export async function cutTexts({ page }: EditorPage): Promise<string[]> {
  return (await page.evaluate(formTexts)).filter(({ cut }) => cut).map(({ text }) => `cut: ${text}`);
}

/** Those that are English: three words of letters in a row. */
export async function englishTexts({ page }: EditorPage): Promise<string[]> {
  const texts = (await page.evaluate(formTexts)).map(({ text }) => text);
  return [...new Set(texts.filter((text) => /[a-z]{2,} [a-z]{2,}( [a-z]{2,})/i.test(text)))];
}

/**
 * What the form on top says to people: its texts, what stands in empty fields, and what is read out. Samples of long values
 * are not looked at for room. Runs in the page of the editor, where nothing else of this file is.
 */
function formTexts(): FormText[] {
  const form = [...document.querySelectorAll<HTMLElement>('.red-ui-tray .everfocus-form')].at(-1);
  if (!form) throw new Error('no form');
  const pen = document.createElement('canvas').getContext('2d');
  const own = (element: HTMLElement) =>
    [...element.childNodes]
      .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
      .map(({ textContent }) => textContent ?? '')
      .join(' ')
      .trim();
  const overflows = ({ scrollWidth, clientWidth }: HTMLElement) => clientWidth > 0 && scrollWidth > clientWidth + 1;
  const isShort = (element: HTMLElement) => {
    if (!(element instanceof HTMLInputElement) || element.matches('.red-ui-typedInput-input')) return false;
    const style = getComputedStyle(element);
    if (pen) pen.font = `${style.fontSize} ${style.fontFamily}`;
    const room = element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    // Fonts differ from machine to machine by some per cent.
    return (pen?.measureText(element.placeholder).width ?? 0) > 1.06 * room;
  };
  return [...form.querySelectorAll<HTMLElement>('*')]
    .filter((element) => element.checkVisibility())
    .flatMap((element) => [
      { text: own(element), cut: element.matches('label, button, option, .everfocus-note') && overflows(element) },
      { text: element.getAttribute('placeholder') ?? '', cut: isShort(element) },
      { text: element.getAttribute('aria-label') ?? '', cut: false },
    ])
    .filter(({ text }) => text !== '');
}
