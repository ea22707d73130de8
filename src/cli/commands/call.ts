import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { type Operation, operations, parametersOf } from '../../shared/index.js';
import { limits, passwordsIn, saveStream, writeWhole } from '../../shared/internal.js';
import type { Command, Context } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import { readLimited, readStream } from '../files.js';
import { operationOf, parameterOptions, readParameters } from '../parameters.js';
import { show } from '../show.js';

export const call: Command = {
  name: 'call',
  summary: "Call any operation of the vendor's SDK document",
  description: [
    'Parameters are options behind the name of the operation, as the document names them; lists may be written with commas, ' +
      'structures are JSON. They are checked before anything is sent. Operations that destroy or could lock you out ask first, ' +
      'or need --yes. What stands before the operation is an option of the connection, so that an operation may have a ' +
      'parameter "password", too.',
  ],
  operands: [{ name: 'operation', description: 'Name of the operation; see --list.', optional: true }],
  options: {
    list: { type: 'flag', short: 'l', description: 'List the operations.' },
    params: { value: 'json', description: 'Parameters as a JSON object, as @file, or from stdin as "-".' },
    output: { value: 'file', short: 'o', description: 'Where a picture, clip or file goes; "-" is stdout.' },
    yes: { type: 'flag', short: 'y', description: 'Do it without asking.' },
    timeout: {
      type: 'number',
      value: 's',
      minimum: 0.1,
      maximum: 3600,
      description: 'How long the NVR may take.',
      otherwise: '10, or 60 for scans and downloads',
    },
  },
  optionsOf: (operand) => parameterOptions(operationOf(operand)),
  connects: true,
  answers: {
    '--output': Type.Object({ file: Type.String(), bytes: Type.Integer() }),
    '--list': Type.Array(
      Type.Object({
        id: Type.String(),
        section: Type.String(),
        title: Type.String(),
        domain: Type.String(),
        effect: Type.Enum(['read', 'write', 'destructive']),
        confirm: Type.Boolean(),
        parameters: Type.Array(Type.Object({ name: Type.String(), required: Type.Boolean() })),
        description: Type.String(),
      }),
    ),
    'the reply of the operation': Type.Unknown(),
  },
  examples: [
    ['everfocus call --list', 'lists the operations with what they do to the NVR'],
    ['everfocus call cameraList', 'lists the cameras'],
    ['everfocus call gotoPreset --help', 'tells its parameters'],
    ['everfocus call setImagingSettings --ChannelID 1 --Brightness 60', 'changes a setting'],
    ['everfocus call getEMail --json | jq .sender', 'reads one field'],
    ['everfocus call reboot --yes', 'restarts the NVR without asking'],
  ],
  async run(context) {
    const { given } = context;
    const id = given.operand(0);
    if (given.flag('list')) return list(context);
    if (id === '') throw new Failure('USAGE', 'call: <operation> is missing; --list tells all');
    return carryOut(operationOf(id), context);
  },
};

function list({ out, given }: Context): number {
  const part = given.operand(0).toLowerCase();
  const rows = Object.values<Operation>(operations)
    .filter(({ id, title }) => `${id} ${title}`.toLowerCase().includes(part))
    .map((operation) => {
      const { id, section, title, domain, effect, description } = operation;
      const parameters = parametersOf(operation).map(({ name, required }) => ({ name, required }));
      return { id, section, title, domain, effect, confirm: needsConfirmation(operation), parameters, description };
    });
  if (out.json) out.document(rows);
  else {
    out.table(
      ['Operation', 'Section', 'Does', 'Title', 'Parameters'],
      rows.map(({ id, section, effect, confirm, title, parameters }) => [
        id,
        section,
        effect + (confirm ? ' !' : ''),
        title,
        parameters.map(({ name, required }) => (required ? name : `[${name}]`)).join(' '),
      ]),
    );
    out.note('! asks before it is sent, or needs --yes');
  }
  return EXIT.ok;
}

async function carryOut(operation: Operation, context: Context): Promise<number> {
  const { given, out, signal, connect } = context;
  const timeout = given.number('timeout');
  const text = given.text('params');
  const params = readParameters(operation, given.parameters, await paramsText(context));
  const isTyped = text !== undefined && text !== '-' && !text.startsWith('@');
  const typed = readParameters(operation, given.parameters, isTyped ? text : undefined);
  if (passwordsIn(typed).some((password) => password !== '')) {
    out.note(
      'everfocus: a password among the arguments can be read by others in the list of processes; --params @file, or ' +
        '"--params -" for stdin, keeps it to yourself',
    );
  }
  const wantsBytes = operation.reply.as === 'bytes' || operation.reply.as === 'stream' || operation.reply.as === 'file';
  const output = given.text('output');
  if (wantsBytes && output === undefined && out.isTerminal) {
    throw new Failure(
      'USAGE',
      `${operation.id} brings a file (${operation.reply.mediaType}): say where it goes by --output, or "-" for the terminal`,
    );
  }
  await confirm(operation, context);
  const client = await connect();
  const reply: unknown = await client.call<Operation>(operation, params, {
    signal,
    ...(timeout !== undefined && { timeout: timeout * 1000 }),
  });
  if (reply instanceof Readable || Buffer.isBuffer(reply)) await write(reply, output ?? '-', context);
  else show(out, reply);
  return EXIT.ok;
}

/** The text of --params, from wherever it comes. */
async function paramsText({ given, stdin, signal }: Context): Promise<string | undefined> {
  const text = given.text('params');
  if (text === '-') return (await readStream(stdin, limits.reply.settings, signal)).toString('utf8');
  return text?.startsWith('@')
    ? (await readLimited(text.slice(1), limits.reply.settings, signal)).toString('utf8')
    : text;
}

async function write(reply: Readable | Buffer, path: string, { out, signal }: Context): Promise<void> {
  if (path === '-') {
    for await (const chunk of Buffer.isBuffer(reply) ? [reply] : (reply as AsyncIterable<Buffer>))
      await out.bytes(chunk, signal);
    return;
  }
  const bytes = Buffer.isBuffer(reply)
    ? await writeWhole(path, (file) => file.writeFile(reply).then(() => reply.length))
    : await saveStream(path, reply, signal, (sofar) => out.progress(`${sofar} bytes`));
  if (out.json) out.document({ file: path, bytes });
  else out.line(`${path}: ${bytes} bytes`);
}

function needsConfirmation({ effect, guarded }: Operation): boolean {
  return effect === 'destructive' || guarded === true;
}

/** @throws {@link Failure} `CONFIRMATION_REQUIRED` */
async function confirm(operation: Operation, { given, ask, out }: Context): Promise<void> {
  if (!needsConfirmation(operation) || given.flag('yes')) return;
  if (ask) {
    out.note(`${operation.title}: ${operation.description}`);
    const answer = await ask(`Type ${operation.id} to do it: `);
    if (answer.trim() === operation.id) return;
  }
  throw new Failure(
    'CONFIRMATION_REQUIRED',
    `${operation.id} can do harm (${operation.description}): nothing was sent; --yes does it`,
  );
}
