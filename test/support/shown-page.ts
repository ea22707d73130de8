import type { Locator } from 'playwright-core';
import { pageTexts } from './page-texts.js';

/** Everything that can be read on the settings page, folded or not. @param page its body */
export async function wordsShown(page: Locator): Promise<string[]> {
  return await page.evaluate((body) => {
    for (const details of body.querySelectorAll('details')) details.open = true;
    const walker = body.ownerDocument.createTreeWalker(body.querySelector('#everfocus') ?? body, NodeFilter.SHOW_TEXT);
    const words: string[] = [];
    while (walker.nextNode()) words.push(walker.currentNode.textContent ?? '');
    for (const element of body.querySelectorAll('[placeholder], [aria-label]')) {
      words.push(element.getAttribute('placeholder') ?? '', element.getAttribute('aria-label') ?? '');
    }
    return words.map((text) => text.trim()).filter((text) => text !== '');
  });
}

/** Those that are one of the page's English texts, whatever is put into its gaps. */
export function englishIn(words: readonly string[], dictionary: Readonly<Record<string, string>>): string[] {
  const others = new Set(Object.values(dictionary));
  const english = pageTexts()
    .filter((text) => /\p{L}/u.test(text) && dictionary[text] !== text)
    .map((text) => text.split(/\{\d+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .map((parts) => new RegExp(`^${parts.join('.+')}$`));
  // Types of events are what the NVR calls them.
  const typed = new Set(['Motion', 'Tamper', 'input 3', ...others]);
  return words.filter((text) => !typed.has(text) && english.some((pattern) => pattern.test(text)));
}

/** What is wider than its place on the settings page. @param page its body */
export async function cutIn(page: Locator): Promise<string[]> {
  return await page.evaluate((body) => {
    const { clientWidth, scrollWidth } = body.ownerDocument.documentElement;
    const elements = [...body.querySelectorAll<HTMLElement>('#everfocus *')].filter(
      (element) =>
        element.getBoundingClientRect().right > clientWidth + 1 ||
        (element.tagName !== 'INPUT' && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0),
    );
    const names = elements.map(({ tagName, textContent }) => `${tagName} ${textContent?.slice(0, 60)}`);
    return scrollWidth > clientWidth ? [`page ${scrollWidth} > ${clientWidth}`, ...names] : names;
  });
}

/** Whether a text stands on the settings page, in what it shows or in a field. @param page its body */
export async function standsIn(page: Locator, text: string): Promise<boolean> {
  const whole = await page.evaluate(
    (body) => body.innerHTML + [...body.querySelectorAll('input')].map(({ value }) => value).join('\n'),
  );
  return whole.includes(text);
}
