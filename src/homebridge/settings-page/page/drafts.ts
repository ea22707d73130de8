import type { DraftNvr, StoredNvr } from '../protocol.js';

/** An NVR as it is being edited. */
export interface Draft extends DraftNvr {
  /** Tells it apart while this page is open. */
  readonly id: number;
  readonly password: string;
}

/** A setting as text, whatever stands in the file. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || value === true ? String(value).trim() : '';
}

/** The settings that decide where a password goes. */
const ADDRESS = ['https', 'host', 'port'] as const;

/** The NVRs that are edited, each change a new list, and the lists before it. */
export class Drafts {
  readonly #stored: readonly StoredNvr[];
  readonly #before: { readonly what: string; readonly list: readonly Draft[] }[] = [];
  #ids = 0;
  list: readonly Draft[];

  /** @param stored as they are on disk */
  constructor(stored: readonly StoredNvr[]) {
    this.#stored = stored;
    this.list = stored.map(({ fields }, index) => ({ id: this.#ids++, stored: index, fields, password: '' }));
  }

  get undoable(): boolean {
    return this.#before.length > 0;
  }

  get(id: number): Draft | undefined {
    return this.list.find((draft) => draft.id === id);
  }

  add(fields: DraftNvr['fields']): Draft {
    const draft = { id: this.#ids++, fields, password: '' };
    this.#change(`add ${draft.id}`, [...this.list, draft]);
    return draft;
  }

  remove(id: number): void {
    this.#change(
      `remove ${id}`,
      this.list.filter((draft) => draft.id !== id),
    );
  }

  /** Typing into one field is one step back, however many keys it takes. @param value `undefined`: nothing is written */
  set(id: number, name: string, value: unknown): void {
    const list = this.list.map((draft) => {
      if (draft.id !== id) return draft;
      if (name === 'password') return { ...draft, password: typeof value === 'string' ? value : '' };
      return { ...draft, fields: withField(draft.fields, name, value) };
    });
    this.#change(`${name} ${id}`, list);
  }

  undo(): void {
    this.list = this.#before.pop()?.list ?? this.list;
  }

  /** Whether the password on disk goes with it: as long as it is for the very address that it was stored for. */
  keepsPassword({ stored, fields }: Draft): boolean {
    const kept = stored === undefined ? undefined : this.#stored[stored];
    const text = (value: unknown) => textOf(value).toLowerCase();
    return kept?.hasPassword === true && ADDRESS.every((name) => text(fields[name]) === text(kept.fields[name]));
  }

  /** What it lacks to be of use. */
  lacking(draft: Draft): readonly string[] {
    const written = (name: string) => textOf(draft.fields[name]) !== '';
    const lacking = ['host', 'username'].filter((name) => !written(name));
    return draft.password === '' && !this.keepsPassword(draft) ? [...lacking, 'password'] : lacking;
  }

  #change(what: string, list: readonly Draft[]): void {
    if (this.#before.at(-1)?.what !== what) this.#before.push({ what, list: this.list });
    this.list = list;
  }
}

/** @param value `undefined`: nothing is written */
export function withField(fields: DraftNvr['fields'], name: string, value: unknown): DraftNvr['fields'] {
  if (value !== undefined) return { ...fields, [name]: value };
  return Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name));
}
