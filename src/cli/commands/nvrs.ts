import { Type } from 'typebox';
import type { Command, Context } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import { NvrBook, storeFolder } from '../nvr-book.js';

export const nvrs: Command = {
  name: 'nvrs',
  summary: 'List, add or remove the NVRs that the store knows by name',
  description: [
    'The store is a folder; its file nvrs.json holds the NVRs with their passwords, for you alone (mode 0600): where others can ' +
      'read it, it is refused. Beside it lie the certificates that were trusted on first use. With one NVR in the store, no ' +
      'command needs to be told which.',
  ],
  operands: [
    { name: 'action', description: 'What to do.', choices: ['list', 'add', 'remove'], optional: true },
    { name: 'name', description: 'Name of the NVR in the store.', optional: true },
  ],
  connects: true,
  answers: {
    list: Type.Array(
      Type.Object({
        name: Type.String(),
        host: Type.String(),
        port: Type.Integer(),
        https: Type.Boolean(),
        fingerprint: Type.Optional(Type.String()),
        username: Type.String(),
        password: Type.Boolean(),
      }),
    ),
    'add, remove': Type.Object({ name: Type.String(), kept: Type.Boolean() }),
  },
  examples: [
    ['everfocus nvrs', 'lists them, without passwords'],
    ['everfocus nvrs add garage --host 192.168.1.20 --https -u admin', 'asks for the password and keeps it'],
    ['everfocus nvrs add shop --host 192.168.1.21 --https --fingerprint AB:CD:…', 'trusts that certificate alone'],
    ['everfocus nvrs remove garage', 'forgets it'],
  ],
  async run(context) {
    const { given, env } = context;
    const book = new NvrBook(storeFolder(given.text('store'), env));
    const name = given.operand(1);
    const action = given.operand(0) || 'list';
    if (action === 'list') return list(book, context);
    if (name === '') throw new Failure('USAGE', `nvrs ${action}: <name> is missing`);
    if (action === 'add') return add(book, name, context);
    if (!(await book.remove(name))) throw new Failure('USAGE', `the store knows no NVR "${name}"`);
    told(context, name, false, `${name} is forgotten`);
    return EXIT.ok;
  },
};

async function list(book: NvrBook, { out }: Context): Promise<number> {
  const all = [...(await book.all())].map(([name, { host, port, https = false, fingerprint, username, password }]) => ({
    ...{ name, host, port: port ?? (https ? 443 : 80), https },
    ...(fingerprint !== undefined && { fingerprint }),
    ...{ username, password: password !== undefined },
  }));
  if (out.json) out.document(all);
  else if (all.length === 0) out.line('None yet: everfocus nvrs add <name> --host <address>');
  else {
    out.table(
      ['Name', 'Address', 'Port', 'HTTPS', 'User', 'Password'],
      all.map(({ name, host, port, https, fingerprint, username, password }) => [
        name,
        host,
        port,
        https ? (fingerprint === undefined ? 'yes' : 'pinned') : 'no',
        username,
        password ? 'kept' : 'asked for',
      ]),
    );
  }
  return EXIT.ok;
}

async function add(book: NvrBook, name: string, context: Context): Promise<number> {
  const { given, env, account } = context;
  if (given.text('host') === undefined && !env['EVERFOCUS_HOST'])
    throw new Failure('USAGE', 'nvrs add: --host is missing');
  const { host, port, https, fingerprint, username, password, digest } = await account();
  await book.add(name, {
    host,
    username,
    password,
    ...(port !== undefined && { port }),
    ...(https && { https }),
    ...(fingerprint !== undefined && { fingerprint }),
    ...(digest !== undefined && { digest }),
  });
  told(context, name, true, `${name} is kept; everfocus doctor --nvr ${name} tries it`);
  return EXIT.ok;
}

function told({ out }: Context, name: string, kept: boolean, words: string): void {
  if (out.json) out.document({ name, kept });
  else out.note(words);
}
