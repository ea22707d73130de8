import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { until } from '../../support/until.js';
import { CountedPage } from './counted-page.js';

/** What the editor offers to scripts. */
interface EditorGlobal {
  RED: {
    nodes: {
      node(id: string): object | null;
      convertNode(node: object): Record<string, unknown>;
      eachConfig(told: (node: { id: string; type: string }) => void): void;
      filterNodes(filter: { type?: string }): {
        id: string;
        type: string;
        valid?: boolean;
        validationErrors?: string[];
      }[];
      filterLinks(filter: { source: { id: string } }): { target: { id: string } }[];
      dirty(): boolean;
      /** Of the flows, as the server has them. */
      version(): string;
    };
    comms: {
      subscribe(topic: string, heard: (topic: string, message: { revision: string; text?: string }) => void): void;
    };
    editor: { edit(node: object | null): void; editConfig(name: string, type: string, id: string): void };
  };
  /** The flows that the server has started, noted by {@link EditorPage}. */
  started?: string[];
  /** The statuses of nodes, noted by {@link EditorPage}: one that is gone before it is drawn counts as well. */
  statuses?: { topic: string; text: string | undefined }[];
}

/** For people to look at. */
const pictures = join(tmpdir(), 'everfocus-editor-pictures');

/** Takes the picture of a page. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** The Node-RED editor in a browser, worked by mouse and keyboard. */
export class EditorPage extends CountedPage {
  /** @param locale what the browser tells that its user reads */
  static async start(browser: Browser, url: string, locale = 'en-US'): Promise<EditorPage> {
    const page = await browser.newPage({
      locale,
      viewport: { width: 1400, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    // A browser on a busy machine is slow, and not wrong.
    page.setDefaultTimeout(30_000);
    const editor = new EditorPage(page);
    await page.goto(url);
    await editor.#ready();
    return editor;
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.#ready();
  }

  /** Drags a node from the palette onto the canvas; its id. */
  async dragIn(type: string, x: number, y: number): Promise<string> {
    await this.#closeForms();
    const entry = this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
    await entry.scrollIntoViewIfNeeded();
    const before = await this.idsOf(type);
    await this.drag(entry, this.page.locator('#red-ui-workspace-chart'), { x, y });
    const arrived = async () => (await this.idsOf(type)).find((id) => !before.includes(id));
    const id = await until(`${type} to arrive on the canvas`, arrived);
    if (type.startsWith('ui-')) await this.#grouped(id);
    return id;
  }

  /** The dashboard puts its widgets into a group a moment after they have arrived: no hand opens their form before. */
  async #grouped(id: string): Promise<void> {
    await this.page.waitForFunction((id) => {
      const node = (globalThis as unknown as EditorGlobal).RED.nodes.node(id);
      return (node as { group?: string } | null)?.group;
    }, id);
  }

  /** Types into the search of the palette; the types that it leaves. */
  async searchPalette(word: string): Promise<string[]> {
    const search = this.page.locator('#red-ui-palette-search input');
    await search.fill(word);
    // It listens to keys.
    await search.press('End');
    // The search waits for the end of the typing.
    await this.page.locator('.red-ui-palette-node[data-filter]').first().waitFor({ state: 'attached' });
    const types = await this.page
      .locator('.red-ui-palette-node:not([data-filter])')
      .evaluateAll((entries) => entries.map((entry) => entry.getAttribute('data-palette-type') ?? ''));
    await search.fill('');
    await search.press('End');
    await this.page.locator('.red-ui-palette-node[data-filter]').first().waitFor({ state: 'detached' });
    return types;
  }

  /** Draws a wire from the output of one node to the input of another. */
  async wire(from: string, to: string): Promise<void> {
    const port = (id: string, end: string) =>
      this.page.locator(`[id="${id}"] .red-ui-flow-port-${end} .red-ui-flow-port`);
    const [start, stop] = [port(from, 'output').first(), port(to, 'input')];
    await this.#closeForms();
    await this.stroke(start, stop);
    await this.page.waitForFunction(
      ([from, to]) => {
        const { RED } = globalThis as unknown as EditorGlobal;
        return RED.nodes.filterLinks({ source: { id: from } }).some(({ target }) => target.id === to);
      },
      [from, to] as const,
    );
  }

  /** Picks one of the suggestions that a click into a row opens. */
  async pickSuggestion(parameter: string, text: string): Promise<void> {
    await this.click(this.row(parameter).locator('.red-ui-typedInput-input'));
    await this.click(this.page.locator('.red-ui-autoComplete-container:visible li', { hasText: text }).first());
  }

  /** Presses the button that a node has on the canvas. */
  async pressButton(id: string): Promise<void> {
    await this.click(`[id="${id}"] .red-ui-flow-node-button-button`);
  }

  /** Leaves the forms that a case before has left open. */
  async #closeForms(): Promise<void> {
    const cancel = this.page.locator('.red-ui-tray-toolbar :is(#node-dialog-cancel, #node-config-dialog-cancel)');
    for (let open = await cancel.count(); open > 0; open -= 1) {
      await this.#settled();
      await cancel.last().click();
      await this.page.waitForFunction(
        (open) => document.querySelectorAll('.red-ui-tray-toolbar [id$="dialog-cancel"]').length < open,
        open,
      );
    }
  }

  /** Opens the form of a node by a double click. */
  async open(id: string): Promise<void> {
    await this.#closeForms();
    await this.doubleClick(`[id="${id}"] rect.red-ui-flow-node`, '#node-dialog-ok');
    await this.#opened();
  }

  /** Opens the form of a node wherever that is, which no sequence of actions does. */
  async edit(id: string): Promise<void> {
    await this.#closeForms();
    await this.page.evaluate((id) => {
      const { RED } = globalThis as unknown as EditorGlobal;
      RED.editor.edit(RED.nodes.node(id));
    }, id);
    await this.#opened();
  }

  /** Opens the form of the node that is selected, by keyboard. */
  async openByKey(): Promise<void> {
    await this.page.keyboard.press('Enter');
    await this.#opened();
  }

  async #opened(done = '#node-dialog-ok'): Promise<void> {
    await this.page.locator(done).waitFor();
    await this.#settled();
  }

  async done(): Promise<void> {
    await this.click('#node-dialog-ok');
    await this.page.locator('#node-dialog-ok').waitFor({ state: 'detached' });
  }

  /** Opens the form of a new configuration node from within a node's form. */
  async addNvr(): Promise<void> {
    await this.click('#node-input-btn-nvr-add');
    await this.nvrOpened();
  }

  /** Types the password of the NVR that the search has found: a form has rows for it where the flow has none yet. */
  async firstNvr(password: string): Promise<void> {
    await this.page.locator('#everfocus-first', { hasText: 'Found and filled in' }).waitFor();
    await this.type('#everfocus-first-password', password, 'Tab');
  }

  /** Opens the form of an NVR that there is. */
  async editNvr(id: string): Promise<void> {
    await this.page.evaluate(
      (id) => (globalThis as unknown as EditorGlobal).RED.editor.editConfig('', 'everfocus-nvr', id),
      id,
    );
    await this.nvrOpened();
  }

  /** The form of an NVR has opened. */
  async nvrOpened(): Promise<void> {
    await this.#opened('#node-config-dialog-ok');
  }

  async closeNvr(): Promise<void> {
    await this.click('#node-config-dialog-ok');
    await this.page.locator('#node-config-dialog-ok').waitFor({ state: 'detached' });
    if ((await this.page.locator('.red-ui-tray').count()) > 0) await this.#settled();
  }

  /** Presses the test button; what it says. */
  async testConnection(): Promise<string> {
    await this.click('#everfocus-nvr-test');
    const result = this.page.locator('.everfocus-good, .everfocus-bad');
    await result.waitFor();
    return (await result.innerText()).trim();
  }

  async chooseNvr(label: string): Promise<void> {
    await this.choose('#node-input-nvr', { label });
  }

  /** Searches the operations for some words and picks one of those found. */
  async chooseOperation(id: string, words = id): Promise<void> {
    await this.type('#everfocus-operation', words);
    await this.click(`.everfocus-option[data-id="${id}"]`);
  }

  /** Searches the operations for some words and takes the best of those found. @returns its id */
  async findOperation(words: string): Promise<string | null> {
    await this.type('#everfocus-operation', words, 'Enter');
    return this.page.getAttribute('#everfocus-operation', 'data-operation');
  }

  /** Fills the row of a parameter: its source by the label in the menu, and the value. */
  async fillRow(parameter: string, source: string | undefined, value: string): Promise<void> {
    const row = this.row(parameter);
    if (source !== undefined) await this.#pick(row.locator('.red-ui-typedInput-type-select'), source);
    await this.type(row.locator('.red-ui-typedInput-input'), value, 'Tab');
  }

  /** Chooses from the list of a parameter. */
  async fillChoice(parameter: string, option: string): Promise<void> {
    await this.#pick(this.row(parameter).locator('.red-ui-typedInput-option-trigger'), option);
  }

  /** Writes a parameter in the window that its row opens. @returns what the window begins with */
  async fillInWindow(parameter: string, text: string): Promise<string> {
    await this.row(parameter).locator('.red-ui-typedInput-option-expand').click();
    // The form, which has an editor too (of its description), slides out and leaves the page before the window comes.
    const form = this.page.locator('#node-input-nvr');
    const window = this.page.locator('.red-ui-tray', { has: this.page.locator('.monaco-editor'), hasNot: form });
    const lines = window.locator('.monaco-editor .view-lines');
    await lines.waitFor();
    await this.#settled();
    const first = await lines.innerText();
    await lines.click();
    await window.locator('.monaco-editor.focused').waitFor();
    await this.page.keyboard.press('Control+A');
    // Typed brackets would bring their partners along.
    await this.page.evaluate((text) => navigator.clipboard.writeText(text), text);
    await this.page.keyboard.press('Control+V');
    // The editor takes it in when it gets to it; a Done before that would send what was there.
    const [longest = ''] = text.split('\n').sort((one, other) => other.length - one.length);
    await lines.filter({ hasText: longest.trim().slice(0, 40) }).waitFor();
    await window.locator('#node-dialog-ok').click();
    await form.waitFor();
    await this.#settled();
    return first;
  }

  row(parameter: string): Locator {
    return this.page.locator('.everfocus-row', { has: this.page.locator(`input[data-parameter="${parameter}"]`) });
  }

  /** Names of the parameters that the form shows. */
  async parameters(): Promise<(string | null)[]> {
    const inputs = await this.page.locator('input[data-parameter]').all();
    return Promise.all(inputs.map((input) => input.getAttribute('data-parameter')));
  }

  /** @throws when the editor would ask back, as it does where it marks a node: with the nodes and the reasons */
  async deploy(): Promise<void> {
    const marked = await this.page.evaluate(() => {
      const { RED } = globalThis as unknown as EditorGlobal;
      return RED.nodes
        .filterNodes({})
        .filter(({ valid }) => valid !== true)
        .map(({ id, type, validationErrors = [] }) => `${type} ${id}: ${validationErrors.join(', ')}`);
    });
    if (marked.length > 0) throw new Error(`not ready to be deployed: ${marked.join('; ')}`);
    await this.click('#red-ui-header-button-deploy');
    // The server answers before it has started them.
    await this.page.waitForFunction(() => {
      const { RED, started } = globalThis as unknown as EditorGlobal;
      return !RED.nodes.dirty() && started?.includes(RED.nodes.version());
    });
  }

  /** Waits until a node has had a status like that, since the page was opened. */
  async hadStatus(id: string, text: RegExp): Promise<void> {
    await this.page.waitForFunction(
      ([topic, pattern]) => {
        const { statuses } = globalThis as unknown as EditorGlobal;
        return statuses?.some((status) => status.topic === topic && new RegExp(pattern).test(status.text ?? ''));
      },
      [`status/${id}`, text.source] as const,
    );
  }

  /** Whether there is something to deploy. */
  dirty(): Promise<boolean> {
    return this.page.evaluate(() => (globalThis as unknown as EditorGlobal).RED.nodes.dirty());
  }

  /** A node as it is stored in a flow. */
  stored(id: string): Promise<Record<string, unknown>> {
    return this.page.evaluate((id) => {
      const { RED } = globalThis as unknown as EditorGlobal;
      const node = RED.nodes.node(id);
      return node ? RED.nodes.convertNode(node) : {};
    }, id);
  }

  async idsOf(type: string): Promise<string[]> {
    return (await this.#nodes(type)).map(({ id }) => id);
  }

  /** Ids of the NVRs, deployed or not. */
  nvrIds(): Promise<string[]> {
    return this.page.evaluate(() => {
      const ids: string[] = [];
      const { RED } = globalThis as unknown as EditorGlobal;
      RED.nodes.eachConfig(({ id, type }) => void (type === 'everfocus-nvr' && ids.push(id)));
      return ids;
    });
  }

  /** Why the editor marks a node as not ready. */
  async problems(id: string, type: string): Promise<readonly string[]> {
    return (await this.#nodes(type)).find((node) => node.id === id)?.validationErrors ?? [];
  }

  /** Takes the picture of a form in both colour schemes. */
  async screenshot(name: string): Promise<void> {
    for (const theme of ['light', 'dark'] as const) {
      await this.page.evaluate(
        (dark) => void document.documentElement.classList.toggle('nr-theme-dark', dark),
        theme === 'dark',
      );
      await this.page.screenshot({ path: join(pictures, `${name}-${theme}.png`) });
    }
  }

  #nodes(type: string): Promise<{ id: string; validationErrors: string[] }[]> {
    return this.page.evaluate(
      (type) =>
        (globalThis as unknown as EditorGlobal).RED.nodes
          .filterNodes({ type })
          .map(({ id, validationErrors = [] }) => ({ id, validationErrors })),
      type,
    );
  }

  async #ready(): Promise<void> {
    await this.page.locator('.red-ui-palette-node[data-palette-type="everfocus-call"]').waitFor();
    await this.page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
    await this.page.evaluate(() => {
      const started: string[] = [];
      const statuses: { topic: string; text: string | undefined }[] = [];
      const page = globalThis as unknown as EditorGlobal;
      Object.assign(page, { started, statuses });
      page.RED.comms.subscribe('status/#', (topic, { text }) => void statuses.push({ topic, text }));
      page.RED.comms.subscribe('notification/runtime-deploy', (_, { revision }) => void started.push(revision));
    });
  }

  /** Opens a menu and picks the first entry with that text. */
  async #pick(trigger: Locator, text: string): Promise<void> {
    await this.click(trigger);
    // It slides open, and then gives the focus to the entry that is chosen so far, which scrolls: in between, an entry
    // would move away under the button that was pressed on it, and nothing would be picked.
    await this.page.waitForFunction(() => {
      const menus = [...document.querySelectorAll<HTMLElement>('.red-ui-typedInput-options')];
      const menu = menus.find(({ offsetHeight }) => offsetHeight > 0);
      return menu && menu.style.overflow !== 'hidden' && menu.contains(document.activeElement);
    });
    const menu = this.page.locator('.red-ui-typedInput-options:visible');
    await this.click(menu.locator('a', { hasText: text }).first());
    await menu.waitFor({ state: 'hidden' });
  }

  /** The form slides in: clicks would miss it. */
  async #settled(): Promise<void> {
    await this.page.waitForFunction(() => {
      const tray = [...document.querySelectorAll('.red-ui-tray')].at(-1);
      return tray && getComputedStyle(tray).right === '0px' && tray.getAnimations().length === 0;
    });
  }
}
