import { readFileSync } from 'node:fs';
import { addressOf, type NvrConfiguration, readConfiguration } from '../config.js';
import type { Problem } from '../config/problem.js';
import { isObject } from '../config/reader.js';
import { listed, type Said, say } from '../../shared/internal.js';
import { PLATFORM_NAME } from '../settings.js';
import type { Check, DraftNvr, Settings } from './protocol.js';

type Entry = Readonly<Record<string, unknown>>;

/** Stands for a password that is not looked at. */
const SOME_PASSWORD = 'x';

/** The plugin's section of Homebridge's `config.json`, as it is on disk now. @throws where the file cannot be read */
export function readSection(path: string): Entry {
  const { platforms } = JSON.parse(readFileSync(path, 'utf8')) as { readonly platforms?: unknown };
  const sections = Array.isArray(platforms) ? platforms : [];
  return sections.filter(isObject).find(({ platform }) => platform === PLATFORM_NAME) ?? {};
}

/** What the page may see of it. */
export function withoutPasswords(section: Entry): Settings {
  const nvrs = entriesOf(section).map((entry) => {
    const { password, ...fields } = entry;
    return { fields, hasPassword: typeof password === 'string' && password !== '' };
  });
  return { nvrs, childBridge: isObject(section['_bridge']) };
}

/** What is wrong with each of the NVRs, next to each other. */
export function checkNvrs(entries: readonly Entry[]): Check[] {
  const { problems, advice } = readConfiguration({
    nvrs: entries.map((entry) => ({ ...entry, password: SOME_PASSWORD })),
  });
  return entries.map((_, index) => {
    const told = (found: readonly Problem[]) =>
      found
        .filter(({ path }) => path.startsWith(`nvrs[${index}]`))
        // Which NVR it is can be seen.
        .map(({ label = '', said }) => placed(label.replace(/^NVR [^,]*(, |$)/, ''), said));
    return { problems: told(problems), advice: told(advice) };
  });
}

/** @param label such as `Address` or `alarm output 2, Pin`; empty where it is the NVR as a whole */
function placed(label: string, said: Said): Said {
  const places = label.split(', ').map((place) => {
    const [, part = '', number = ''] = /^(alarm output|alarm input|camera) (\d+)$/.exec(place) ?? [];
    if (part === 'alarm output') return say`alarm output ${number}`;
    if (part === 'alarm input') return say`alarm input ${number}`;
    return part === 'camera' ? say`camera ${number}` : say(place);
  });
  return label === '' ? said : say`${listed(places)} ${said}`;
}

/**
 * The password that goes with a draft: the typed one, else the one on disk, which goes to the scheme, host and port only
 * that it was stored for.
 */
export function passwordOf(draft: DraftNvr, section: Entry): string | undefined {
  const { stored, fields } = draft;
  if (draft.password) return draft.password;
  const kept = stored === undefined ? undefined : entriesOf(section)[stored];
  const password = kept?.['password'];
  if (!kept || typeof password !== 'string' || password === '') return undefined;
  const [there, here] = [originOf(kept), originOf(fields)];
  return there !== undefined && there === here ? password : undefined;
}

/** A draft as the plugin would read it; `undefined` where it could not. */
export function usable(fields: Entry, password = SOME_PASSWORD): NvrConfiguration | undefined {
  return readConfiguration({ nvrs: [{ ...fields, password }] }).nvrs[0];
}

/** Scheme, host and port. */
function originOf(fields: Entry): string | undefined {
  // Whose user it is changes nothing about where it goes.
  const nvr = usable({ ...fields, username: 'x' });
  return nvr && `${nvr.https ? 'https' : 'http'}://${addressOf(nvr)}`;
}

function entriesOf({ nvrs }: Entry): readonly Entry[] {
  return Array.isArray(nvrs) ? nvrs.map((entry: unknown) => (isObject(entry) ? entry : {})) : [];
}
