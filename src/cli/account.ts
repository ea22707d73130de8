import { FileStore, type Logger, type NvrClientOptions } from '../shared/index.js';
import { readAddress } from '../shared/internal.js';
import { Failure } from './failure.js';
import type { Given } from './given.js';
import { type Environment, type KnownNvr, NvrBook, storeFolder } from './nvr-book.js';

export interface AccountSources {
  readonly given: Given;
  readonly env: Environment;
  readonly logger: Logger;
  /** Tells the person something. */
  readonly warn: (text: string) => void;
  /** Asks the person; `undefined` where there is none. */
  readonly ask: ((question: string, hidden?: boolean) => Promise<string>) | undefined;
}

/** How an NVR is reached. */
export interface Account extends NvrClientOptions {
  /** What the store calls it. */
  readonly name?: string;
}

/**
 * How the NVR is reached that the arguments mean: what they say themselves, else the environment, else the store, else
 * the person who sits there.
 *
 * @throws {@link Failure} `USAGE`, `CREDENTIALS_MISSING`
 */
export async function findAccount(sources: AccountSources): Promise<Account> {
  const { given, env, logger } = sources;
  const folder = storeFolder(given.text('store'), env);
  const [name, known] = (await findKnown(given, env, new NvrBook(folder))) ?? [];
  const place = placeOf(sources, known);
  const username =
    given.text('username') ??
    known?.username ??
    nonEmpty(env['EVERFOCUS_USERNAME']) ??
    (await askFor(sources, 'User name: '));
  return {
    ...(name !== undefined && { name }),
    ...place,
    digest: (given.text('digest') ?? known?.digest) as NvrClientOptions['digest'],
    username,
    password: await passwordOf(sources, known, username, place.host),
    store: new FileStore(folder),
    logger,
  };
}

/** Where it is: an address and its port belong together, so what names another address takes nothing of the environment. */
function placeOf({ given, env, warn }: AccountSources, known: KnownNvr | undefined) {
  const host = given.text('host');
  const base: Place | undefined = known ?? (host === undefined ? environmentPlace(env) : { host });
  if (base === undefined) {
    throw new Failure(
      'USAGE',
      'which NVR? Give --host, or EVERFOCUS_HOST, or put it into the store: everfocus nvrs add <name> --host <address>',
    );
  }
  // As people write or paste it; what is no address is told by the driver.
  const address = readAddress(base.host) ?? { host: base.host, more: false };
  if (address.more) warn(`everfocus: the address is taken as ${address.host}: a user or a path in it is not used`);
  const port = given.number('port') ?? base.port;
  if (port !== undefined && address.port !== undefined && port !== address.port) {
    throw new Failure('USAGE', `the address names port ${address.port}, another port than ${port}`);
  }
  return {
    host: address.host,
    port: port ?? address.port,
    https: given.flag('https') || base.https === true || address.https === true,
    fingerprint: given.text('fingerprint') ?? base.fingerprint,
  };
}

interface Place {
  readonly host: string;
  readonly port?: number | undefined;
  readonly https?: boolean;
  readonly fingerprint?: string | undefined;
}

function environmentPlace(env: Environment): Place | undefined {
  const host = nonEmpty(env['EVERFOCUS_HOST']);
  if (host === undefined) return undefined;
  const port = portOf(env);
  return { host, port, https: isYes(env['EVERFOCUS_HTTPS']), fingerprint: nonEmpty(env['EVERFOCUS_FINGERPRINT']) };
}

async function passwordOf(
  sources: AccountSources,
  known: KnownNvr | undefined,
  username: string,
  host: string,
): Promise<string> {
  const { given, env, warn } = sources;
  const typed = given.text('password');
  if (typed !== undefined) {
    warn(
      'everfocus: --password can be read by others in the list of processes; EVERFOCUS_PASSWORD, the store or the prompt keep it to yourself',
    );
    return typed;
  }
  // A password goes to the NVR and with the user that it was kept for: anything else would give it away.
  if (known) {
    const kept = known.username === username ? known.password : undefined;
    return kept ?? (await askFor(sources, `Password of ${username} at ${host}: `, true));
  }
  return nonEmpty(env['EVERFOCUS_PASSWORD']) ?? (await askFor(sources, `Password of ${username} at ${host}: `, true));
}

async function askFor({ ask }: AccountSources, question: string, hidden = false): Promise<string> {
  if (ask) return ask(question, hidden);
  throw new Failure(
    'CREDENTIALS_MISSING',
    'there is no terminal to ask for user name and password: set EVERFOCUS_USERNAME and EVERFOCUS_PASSWORD, or use the store (everfocus nvrs add)',
  );
}

/** The entry of the store that is meant: by name; without a host anywhere, the only one. */
async function findKnown(
  given: Given,
  env: Environment,
  book: NvrBook,
): Promise<readonly [name: string, nvr: KnownNvr] | undefined> {
  const host = given.text('host');
  const name = given.text('nvr') ?? (host === undefined ? nonEmpty(env['EVERFOCUS_NVR']) : undefined);
  if (name !== undefined && host !== undefined) throw new Failure('USAGE', '--nvr and --host exclude each other');
  if (name === undefined && (host ?? nonEmpty(env['EVERFOCUS_HOST'])) !== undefined) return undefined;
  const known = name === undefined ? undefined : await book.find(name);
  if (name !== undefined && known) return [name, known];
  const all = await book.all();
  const names = [...all.keys()].join(', ');
  if (name !== undefined) {
    throw new Failure('USAGE', `the store knows no NVR "${name}"${names ? `, but ${names}` : ''}`);
  }
  if (all.size > 1) throw new Failure('USAGE', `which NVR? The store knows ${names}: give --nvr`);
  return [...all][0];
}

function portOf(env: Environment): number | undefined {
  const text = nonEmpty(env['EVERFOCUS_PORT']);
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text)) throw new Failure('USAGE', `EVERFOCUS_PORT must be a port, not "${text}"`);
  return Number(text);
}

function isYes(text: string | undefined): boolean {
  return /^(1|true|yes|on)$/i.test(text ?? '');
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
