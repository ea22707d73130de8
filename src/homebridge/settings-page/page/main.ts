import type { CapturedNvr, DraftNvr, Events, FoundNvr, Verdict } from '../protocol.js';
import { button, el } from './dom.js';
import { type Draft, Drafts, textOf } from './drafts.js';
import { showCapture } from './captured.js';
import { field, parts, type Part, type Schema, translated } from './fields.js';
import { ask, Handover, hear, hideForm, languageOfPage, nvrSchema, showForm } from './homebridge.js';
import { showFinding, showVerdict } from './verdict.js';
import { type Dictionaries, speak, t } from './words.js';

const MAIN = ['name', 'host', 'username', 'password'];
const CONNECTION = ['https', 'port', 'fingerprint'];

/** The settings page: a card for each NVR, and what was found in the network. */
class Page {
  readonly #root: HTMLElement;
  readonly #schema: Schema;
  readonly #childBridge: boolean;
  #drafts: Drafts;
  #handover: Handover;
  /** The one that is edited. */
  #open: number | undefined;
  /** Of those that were tested. */
  readonly #verdicts = new Map<number, Verdict>();
  /** What was found of those that were examined. */
  readonly #findings = new Map<number, readonly Events['finding']['finding'][]>();
  /** Captures that are neither saved nor thrown away. */
  readonly #captures = new Map<number, CapturedNvr>();
  /** The one that is being looked at, and how. */
  #looking: { readonly id: number; readonly how: 'examine' | 'capture' } | undefined;
  #watching = false;
  readonly #cards = el('div');
  readonly #found = el('div');
  readonly #hint = el('div', {
    className: 'alert alert-info',
    textContent: t(
      'Recommended: run this plugin as a child bridge (menu of the plugin, "Child Bridge Config"), best before its cameras ' +
        'have rooms in Home: they get there anew.',
    ),
  });
  readonly #undo = button(t`Undo`, 'btn-elegant', () => {
    this.#drafts.undo();
    this.#changed();
    this.#draw();
  });

  constructor(root: HTMLElement, schema: Schema, drafts: Drafts, childBridge: boolean) {
    this.#root = root;
    this.#schema = schema;
    this.#drafts = drafts;
    this.#childBridge = childBridge;
    this.#handover = new Handover(drafts);
    hear('found', (nvr) => this.#tellOf(nvr));
    hear('finding', ({ id, finding }) => {
      this.#findings.set(id, [...(this.#findings.get(id) ?? []), finding]);
      this.#part(id, 'findings').append(showFinding(finding));
    });
    hear('looking', ({ id, at }) => (this.#part(id, 'examined').textContent = capturing(at)));
    hear('picture', ({ id, channel, jpeg }) => {
      const place = this.#cards.querySelector<HTMLImageElement>(`#nvr-${id} img[data-channel='${channel}']`);
      if (place) place.src = `data:image/jpeg;base64,${jpeg}`;
    });
  }

  show(): void {
    const find = button(t`Find NVRs`, 'btn-primary', () => void this.#find(find));
    const byHand = button(t`Add by address`, 'btn-elegant', () => this.#add({}));
    const form = button(t`All settings as a form`, 'btn-elegant', () => void this.#asForm());
    const bar = el('div', { className: 'd-flex flex-wrap gap-2 mb-3' }, find, byHand, this.#undo);
    this.#root.replaceChildren(bar, this.#found, this.#cards, this.#hint, form);
    this.#draw();
  }

  #draw(): void {
    const cards = this.#drafts.list.map((draft) => this.#card(draft));
    this.#cards.replaceChildren(...(cards.length > 0 ? cards : [el('p', { textContent: t`No NVR yet.` })]));
    this.#refresh();
    for (const { id } of this.#drafts.list) {
      this.#showVerdict(id);
      this.#part(id, 'findings').append(...(this.#findings.get(id) ?? []).map(showFinding));
      this.#showCapture(id);
    }
    void this.#check();
  }

  #refresh(): void {
    this.#undo.disabled = !this.#drafts.undoable;
    this.#hint.hidden = this.#childBridge || this.#drafts.list.length === 0;
    for (const draft of this.#drafts.list) {
      const lacking = this.#drafts.lacking(draft);
      const labels = lacking.map((name) => this.#schema[name]?.title ?? name).join(t`, `);
      this.#part(draft.id, 'title').textContent = titleOf(draft);
      this.#part(draft.id, 'address').textContent = textOf(draft.fields['host']);
      this.#part(draft.id, 'lacking').textContent = labels === '' ? '' : t`Not saved before it has: ${labels}`;
      const password = this.#cards.querySelector<HTMLInputElement>(`#nvr-${draft.id} input[name=password]`);
      if (password) password.placeholder = this.#drafts.keepsPassword(draft) ? `•••••• (${t`stored`})` : '';
    }
  }

  #part(id: number, name: string): HTMLElement {
    return this.#cards.querySelector<HTMLElement>(`#nvr-${id} .nvr-${name}`) ?? el('div');
  }

  #card(draft: Draft): HTMLElement {
    const { id } = draft;
    const open = this.#open === id;
    const toggle = button(open ? t`Done` : t`Edit`, open ? 'btn-primary' : 'btn-elegant', () => {
      this.#open = open ? undefined : id;
      this.#draw();
      this.#watch();
    });
    const remove = button(t`Remove`, 'btn-elegant', () => {
      this.#drafts.remove(id);
      this.#changed();
      this.#draw();
    });
    const test = button(t`Test`, 'btn-elegant', () => void this.#test(id));
    const look = (how: 'examine' | 'capture', work: () => Promise<string>) => {
      const running = this.#looking?.id === id && this.#looking.how === how;
      return button(
        running ? t`Stop` : how === 'examine' ? t`Examine` : t`Capture`,
        'btn-elegant',
        () => void this.#look(id, how, work),
      );
    };
    const examine = look('examine', () => this.#examine(draft));
    const capture = look('capture', () => this.#capture(draft));
    const head = el(
      'div',
      { className: 'd-flex flex-wrap align-items-center gap-2' },
      el(
        'div',
        { className: 'flex-grow-1' },
        el('strong', { className: 'nvr-title' }),
        ' ',
        el('span', { className: 'nvr-address text-muted' }),
      ),
      // Together, so that where they do not fit beside the name all of them stand below it.
      el('div', { className: 'd-flex flex-wrap gap-2' }, test, examine, capture, toggle, remove),
    );
    const state = ['lacking text-warning', 'problems text-danger', 'verdict', 'findings', 'examined', 'captured'].map(
      (name) => el('div', { className: `nvr-${name}`, role: 'status' }),
    );
    const body = el('div', { className: 'card-body' }, head, ...state, open && this.#form(draft));
    return el('div', { className: 'card mb-3', id: `nvr-${id}` }, body);
  }

  #form(draft: Draft): HTMLElement {
    const made = (names: readonly string[]) =>
      names.flatMap((name) => {
        const schema = this.#schema[name] ?? (name === 'cameras' ? { title: t`Cameras` } : undefined);
        if (!schema) return [];
        const value = name === 'password' ? draft.password || undefined : draft.fields[name];
        const has = this.#partsOf(draft.id, name);
        const set = (written: unknown) => {
          this.#drafts.set(draft.id, name, written);
          this.#changed();
        };
        const done = () => void this.#check();
        return [has ? parts(schema, has, value, set, done) : field(name, schema, value, set, done)];
      });
    const others = Object.keys(this.#schema).filter((name) => !MAIN.includes(name) && !CONNECTION.includes(name));
    const section = (title: string, names: readonly string[], open = false) =>
      el('details', { className: 'mb-2', open }, el('summary', { textContent: title }), ...made(names));
    const tested = this.#partsOf(draft.id, 'cameras') !== undefined;
    // Shown also where nothing can be set of them.
    if (tested && !others.includes('cameras')) others.push('cameras');
    return el(
      'div',
      { className: 'mt-3' },
      ...made(MAIN),
      section(t`Connection`, CONNECTION),
      section(t`More`, others, tested),
    );
  }

  /** What the NVR has of that, as far as it has been asked. */
  #partsOf(id: number, name: string): readonly Part[] | undefined {
    const verdict = this.#verdicts.get(id);
    if (verdict?.is !== 'good' && verdict?.is !== 'restricted') return undefined;
    if (name === 'inputs' || name === 'outputs') return verdict[name]?.map((pin) => ({ id: pin }));
    if (name !== 'cameras') return undefined;
    return verdict.cameras?.map(({ channel, name }) => {
      const picture = el('img', { className: 'nvr-picture', alt: '' });
      picture.dataset['channel'] = String(channel);
      return { id: channel, name, picture };
    });
  }

  /** Has the pictures of the cameras shown that are on the page. */
  #watch(): void {
    const draft = this.#open === undefined ? undefined : this.#drafts.get(this.#open);
    const shown = draft && this.#partsOf(draft.id, 'cameras');
    if (shown) void ask('/watch', { nvr: draftOf(draft), id: draft.id }).catch(() => undefined);
    else if (this.#watching) void ask('/watch', { id: 0 }).catch(() => undefined);
    this.#watching = shown !== undefined;
  }

  #add(fields: Draft['fields']): void {
    this.#open = this.#drafts.add(fields).id;
    this.#changed();
    this.#draw();
    this.#cards.querySelector<HTMLElement>('.card:last-child input')?.focus();
  }

  #changed(): void {
    this.#refresh();
    void this.#handover.write();
  }

  async #find(find: HTMLButtonElement): Promise<void> {
    find.disabled = true;
    find.textContent = t`Searching …`;
    this.#found.replaceChildren();
    const found = await ask('/discover').catch(() => []);
    if (found.length === 0)
      this.#found.replaceChildren(
        el('p', { textContent: t`No NVR has answered in this network. Add it by its address.` }),
      );
    find.disabled = false;
    find.textContent = t`Find NVRs`;
  }

  #tellOf({ address, port, name, model, mac }: FoundNvr): void {
    const known = this.#drafts.list.some(({ fields }) => textOf(fields['host']).includes(address));
    const add = button(known ? t`added` : t`Add`, 'btn-primary', () => {
      add.disabled = true;
      this.#add({ ...(name !== undefined && { name }), host: address, ...(port !== 80 && { port }) });
    });
    add.disabled = known;
    const text = el('div', { className: 'flex-grow-1' }, el('strong', { textContent: name ?? model ?? address }));
    text.append(` ${[model, `${address}:${port}`, mac].filter(Boolean).join(' · ')}`);
    this.#found.append(el('div', { className: 'found d-flex align-items-center gap-2 mb-2' }, text, add));
  }

  async #test(id: number): Promise<void> {
    const draft = this.#drafts.get(id);
    if (!draft) return;
    this.#part(id, 'verdict').textContent = t`Testing …`;
    const failed = (error: Error): Verdict => ({ is: 'failed', what: error.message });
    this.#verdicts.set(id, await ask('/test', draftOf(draft)).catch(failed));
    this.#draw();
    this.#watch();
  }

  /** One look at a time; the same button ends it. @param work says what came of it */
  async #look(id: number, how: 'examine' | 'capture', work: () => Promise<string>): Promise<void> {
    if (this.#looking) return void ask(`/${this.#looking.how}`, { id: this.#looking.id });
    this.#looking = { id, how };
    const done = work().catch((error: unknown) => t(error instanceof Error ? error.message : String(error)));
    this.#draw();
    this.#part(id, 'examined').textContent =
      how === 'examine' ? t`Looking at everything; nothing is changed, switched, moved or said …` : capturing('');
    const said = await done;
    this.#looking = undefined;
    this.#draw();
    this.#part(id, 'examined').textContent = said;
  }

  async #examine(draft: Draft): Promise<string> {
    this.#findings.delete(draft.id);
    return ended(await ask('/examine', { nvr: draftOf(draft), id: draft.id }));
  }

  async #capture(draft: Draft): Promise<string> {
    this.#captures.delete(draft.id);
    const reply = await ask('/capture', { nvr: draftOf(draft), id: draft.id });
    if (typeof reply === 'string') return ended(reply);
    this.#captures.set(draft.id, reply);
    return '';
  }

  #showCapture(id: number): void {
    const captured = this.#captures.get(id);
    if (!captured) return;
    const done = () => {
      this.#captures.delete(id);
      this.#draw();
    };
    this.#part(id, 'captured').append(showCapture(captured, done));
  }

  #showVerdict(id: number): void {
    const verdict = this.#verdicts.get(id);
    if (!verdict) return;
    showVerdict(this.#part(id, 'verdict'), verdict, (changes) => {
      for (const [name, value] of Object.entries(changes)) this.#drafts.set(id, name, value);
      this.#changed();
      this.#draw();
      void this.#test(id);
    });
  }

  /** What the plugin would say to it. */
  async #check(): Promise<void> {
    const { list } = this.#drafts;
    const checks = await ask('/check', { nvrs: list.map(({ fields }) => fields) }).catch(() => []);
    list.forEach((draft, index) => {
      // What is missing is told already.
      const lines = this.#drafts.lacking(draft).length > 0 ? [] : (checks[index]?.problems ?? []);
      this.#part(draft.id, 'problems').replaceChildren(
        ...[...lines, ...(checks[index]?.advice ?? [])].map((text) => el('div', { textContent: t(text) })),
      );
    });
  }

  async #asForm(): Promise<void> {
    await showForm();
    const back = button(t`Back`, 'btn-primary', () => void this.#fromForm());
    this.#root.replaceChildren(back);
  }

  async #fromForm(): Promise<void> {
    const { nvrs, handover } = await hideForm();
    this.#drafts = new Drafts(nvrs);
    this.#handover = handover(this.#drafts);
    this.#open = undefined;
    this.show();
  }
}

function draftOf({ stored, fields, password }: Draft): DraftNvr {
  return { stored, fields, password };
}

function titleOf({ fields }: Draft): string {
  return textOf(fields['name']) || textOf(fields['host']) || t`New NVR`;
}

function ended(how: 'done' | 'ended' | 'password-needed' | 'unusable'): string {
  switch (how) {
    case 'done':
      return '';
    case 'ended':
      return t`Stopped.`;
    case 'password-needed':
      return t`Type the password.`;
    case 'unusable':
      return t`See what is wrong above.`;
  }
}

/** @param at what is being looked at; empty as long as that is not known */
function capturing(at: string): string {
  return at === ''
    ? t`Writing down how it answers, for a report of a fault; make happen now what goes wrong …`
    : t`Writing down how it answers, for a report of a fault; make happen now what goes wrong (${t(at)}) …`;
}

/** Makes the page. It speaks the language of Homebridge's UI, where that is one of these. */
export async function start(dictionaries: Dictionaries): Promise<void> {
  const root = document.querySelector<HTMLElement>('#everfocus') ?? document.body;
  try {
    let language: unknown;
    // Asked first and not waited for: an older Homebridge may not answer.
    void languageOfPage().then((known) => (language = known));
    const [settings, schema] = await Promise.all([ask('/settings'), nvrSchema()]);
    document.documentElement.lang = speak(language, dictionaries);
    new Page(root, translated(schema), new Drafts(settings.nvrs), settings.childBridge).show();
  } catch (error) {
    root.replaceChildren(el('p', { textContent: String(error) }));
    await showForm();
  }
}
