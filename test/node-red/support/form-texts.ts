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

/** Texts of the form on top that stand out less than WCAG 2.1 asks of texts (1.4.3, 4.5 to 1), in both colour schemes. */
export async function faintTexts({ page }: EditorPage): Promise<string[]> {
  const faint: string[] = [];
  for (const theme of ['dark', 'light']) {
    const toggle = (dark: boolean) => void document.documentElement.classList.toggle('nr-theme-dark', dark);
    await page.evaluate(toggle, theme === 'dark');
    // A change of colour takes its time.
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
    faint.push(...(await page.evaluate(contrasts)).map((text) => `${theme}: ${text}`));
  }
  return faint;
}

/**
 * Runs in the page of the editor, where nothing else of this file is. What cannot be used may be faint (WCAG 1.4.3); the
 * colours of plain buttons, also of one that is pointed at, are Node-RED's own.
 */
function contrasts(): string[] {
  const form = [...document.querySelectorAll<HTMLElement>('.red-ui-tray .everfocus-form')].at(-1);
  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!form || !pen) throw new Error('no form');
  /** Puts colours upon each other, the lowest first. */
  const mixed = (...colours: string[]): readonly number[] => {
    pen.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
    }
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour: readonly number[]) => {
    const [red = 0, green = 0, blue = 0] = colour.map((part) =>
      part <= 0.04045 * 255 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  return [...form.querySelectorAll<HTMLElement>('*')].flatMap((element) => {
    const text = [...element.childNodes]
      .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
      .map(({ textContent }) => textContent ?? '')
      .join(' ')
      .trim();
    if (text === '' || !element.checkVisibility() || element.closest(':disabled, option, .disabled, .red-ui-button'))
      return [];
    const above: string[] = [];
    for (let behind: HTMLElement | null = element; behind; behind = behind.parentElement)
      above.unshift(getComputedStyle(behind).backgroundColor);
    const ground = ['white', ...above];
    const [one = 0, other = 0] = [mixed(...ground, getComputedStyle(element).color), mixed(...ground)].map(luminance);
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    return ratio < 4.5 ? [`${ratio.toFixed(2)} of ${element.tagName}.${element.className}: ${text.slice(0, 60)}`] : [];
  });
}
