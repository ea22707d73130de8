import type { Locator, Page } from 'playwright-core';

/**
 * A page that notes what it complains of, and counts what a person does in it. One action is
 * - a click, or a double click;
 * - a drag: of a node from the palette, of a wire, of a stroke over a grid;
 * - a text that is typed or pasted, with the Tab or Enter that ends it;
 * - a choice in a list of the browser's own, which is pressed, moved to and let go.
 */
export class CountedPage {
  readonly #actions: string[] = [];

  /** What it wrote to the console as errors, and what nobody caught. */
  readonly complaints: string[] = [];

  protected constructor(readonly page: Page) {
    page.on('console', (message) => {
      // An answer that says why there is none (422) is told by the browser as well.
      const isNews = message.type() === 'error' && !/status of 422/.test(message.text());
      if (isNews) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => void this.complaints.push(error.stack ?? String(error)));
  }

  /** What was done since the page was opened, or the count begun, one by one. */
  get actions(): readonly string[] {
    return this.#actions;
  }

  beginCount(): void {
    this.#actions.length = 0;
  }

  async click(target: Locator | string): Promise<void> {
    await this.#at('click', target).click();
  }

  /**
   * @param opens what is on the screen then: on a busy machine two clicks may come too far apart to be a double one, which a
   *   person sees
   * @throws where the target is not on the screen
   */
  async doubleClick(target: Locator | string, opens: string): Promise<void> {
    const box = await this.#at('double click', target).boundingBox();
    if (!box) throw new Error(`not on the screen: ${target.toString()}`);
    const isOpen = () =>
      this.page
        .locator(opens)
        .waitFor({ timeout: 5000 })
        .then(
          () => true,
          () => false,
        );
    for (let tries = 0; tries < 5; tries += 1) {
      await this.page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
      if (await isOpen()) return;
    }
  }

  /** Types into a field. @param end the key that ends it */
  async type(target: Locator | string, text: string, end?: 'Tab' | 'Enter'): Promise<void> {
    const field = this.#at('type into', target);
    await field.fill(text);
    if (end) await field.press(end);
  }

  /** Chooses in a list of the browser's own. */
  async choose(selector: string, entry: string | { readonly label: string }): Promise<void> {
    await this.#at('choose in', selector).selectOption(entry);
  }

  /** Draws from one place to another with the button held. */
  async stroke(from: Locator, to: Locator): Promise<void> {
    await this.#at('draw from', from).scrollIntoViewIfNeeded();
    await from.hover();
    await this.page.mouse.down();
    // What is drawn may come to lie over its end.
    await to.hover({ force: true });
    await this.page.mouse.up();
  }

  protected async drag(target: Locator, onto: Locator, targetPosition: { x: number; y: number }): Promise<void> {
    await this.#at('drag', target).dragTo(onto, { targetPosition });
  }

  #at(what: string, target: Locator | string): Locator {
    this.#actions.push(`${what} ${target.toString()}`);
    return typeof target === 'string' ? this.page.locator(target) : target;
  }
}
