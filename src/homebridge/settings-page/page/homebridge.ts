import type { IHomebridgePluginUi, PluginConfig } from '@homebridge/plugin-ui-utils/ui.interface';
import type { Events, Requests, StoredNvr } from '../protocol.js';
import { type Draft, type Drafts, textOf } from './drafts.js';
import type { FieldSchema, Schema } from './fields.js';

declare const homebridge: IHomebridgePluginUi;

/** Asks the page's server. @throws Error with what it says */
export async function ask<Path extends keyof Requests>(
  path: Path,
  body?: Requests[Path]['body'],
): Promise<Requests[Path]['reply']> {
  try {
    return (await homebridge.request(path, body)) as Requests[Path]['reply'];
  } catch (error) {
    throw new Error(textOf((error as { message?: unknown } | undefined)?.message), { cause: error });
  }
}

/** Told of events of the page's server. */
export function hear<Name extends keyof Events>(event: Name, listener: (data: Events[Name]) => void): void {
  homebridge.addEventListener(event, (message) => listener((message as MessageEvent<Events[Name]>).data));
}

/** The language of Homebridge's UI, such as `zh-TW`; `undefined` where it does not tell. */
export async function languageOfPage(): Promise<unknown> {
  try {
    return await homebridge.i18nCurrentLang();
  } catch {
    return undefined;
  }
}

/** The settings of one NVR, as the plugin declares them. */
export async function nvrSchema(): Promise<Schema> {
  const { schema } = await homebridge.getPluginConfigSchema();
  return (schema as { properties: { nvrs: FieldSchema } }).properties.nvrs.items?.properties ?? {};
}

/** Shows all settings in the form that Homebridge makes of them. */
export async function showForm(): Promise<void> {
  const [section] = await homebridge.getPluginConfig();
  // It is shown for a section only.
  if (!section) await homebridge.updatePluginConfig([{ name: 'EverFocus NVR' }]);
  homebridge.showSchemaForm();
  // As long as there was no section, Homebridge's page looks again when the button changes only.
  homebridge.disableSaveButton();
  homebridge.enableSaveButton();
}

/** Hides it again. @returns the NVRs as they were edited there */
export async function hideForm(): Promise<{ nvrs: readonly StoredNvr[]; handover: (drafts: Drafts) => Handover }> {
  homebridge.hideSchemaForm();
  const entries = nvrsIn(await homebridge.getPluginConfig());
  const passwords = entries.map(({ password }) => password);
  const nvrs = entries.map(({ password, ...fields }) => ({ fields, hasPassword: Boolean(password) }));
  return { nvrs, handover: (drafts) => new Handover(drafts, passwords) };
}

/**
 * Hands what is edited to Homebridge's own *Save* button, which waits meanwhile. Homebridge takes the whole list only, so
 * the passwords on disk come into this page with the first change, as a part of that list. They stay in here, and never
 * get into the document.
 */
export class Handover {
  readonly #drafts: Drafts;
  #passwords: readonly unknown[] | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #changes = 0;

  constructor(drafts: Drafts, passwords?: readonly unknown[]) {
    this.#drafts = drafts;
    this.#passwords = passwords;
  }

  /** @returns once *Save* would save that */
  async write(): Promise<void> {
    const change = ++this.#changes;
    homebridge.disableSaveButton();
    this.#turn = this.#turn.then(() => this.#write()).catch(() => false);
    if ((await this.#turn) === true && change === this.#changes) homebridge.enableSaveButton();
  }

  /** @returns whether everything is there that is needed */
  async #write(): Promise<boolean> {
    const { list } = this.#drafts;
    if (list.some((draft) => this.#drafts.lacking(draft).length > 0)) return false;
    const sections = await homebridge.getPluginConfig();
    this.#passwords ??= nvrsIn(sections).map(({ password }) => password);
    const nvrs = list.map((draft) => this.#entry(draft));
    await homebridge.updatePluginConfig([{ ...(sections.length === 0 && { name: 'EverFocus NVR' }), nvrs }]);
    return true;
  }

  #entry({ stored, fields, password }: Draft): object {
    const { name, host, username, ...rest } = fields;
    const kept = stored === undefined ? undefined : this.#passwords?.[stored];
    return { ...(name !== undefined && { name }), host, username, password: password || kept, ...rest };
  }
}

function nvrsIn([section]: readonly PluginConfig[]): readonly Readonly<Record<string, unknown>>[] {
  const nvrs: unknown = section?.['nvrs'];
  return Array.isArray(nvrs) ? nvrs.map((nvr: object | null) => ({ ...nvr })) : [];
}
