import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import {
  type Nvr,
  NvrRefusedError,
  operations,
  readSettings,
  ReplyTooLargeError,
  restoreSettings,
} from '../../shared/index.js';
import { checkJsonBudget, givenJson, limits, safeJson, writeWhole } from '../../shared/internal.js';
import type { Command, Context } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import { readPlainFile } from '../files.js';
import { clean } from '../output.js';
import { differences, type Difference, merged, withoutSecrets } from '../settings/compare.js';
import { filedSettings, type FiledSettings } from '../settings/pairs.js';

export const settings: Command = {
  name: 'settings',
  summary: 'Keep the settings of an NVR in a directory, compare and apply them',
  description: [
    'One JSON file for each group of settings (and camera), fit for git: without passwords and without what goes on by itself, ' +
      'such as the clock. `diff` compares the files with the NVR; `apply` writes what differs, reading before and keeping what ' +
      'the files do not name. What could lock you out or destroy (network, ports, IP filter, disk groups, time) is applied only ' +
      'where --only names it.',
  ],
  operands: [
    { name: 'action', description: 'What to do.', choices: ['read', 'diff', 'apply'] },
    { name: 'directory', description: 'Where the files are.' },
  ],
  options: {
    only: {
      value: 'names',
      description: 'Only these groups, separated by commas, such as getEMail,getFTP.',
      otherwise: 'all',
    },
    yes: { type: 'flag', short: 'y', description: 'Apply without asking.' },
  },
  connects: true,
  answers: {
    read: Type.Object({ directory: Type.String(), files: Type.Array(Type.String()) }),
    'diff, apply': Type.Array(
      Type.Object({
        file: Type.String(),
        changes: Type.Array(
          Type.Object({ path: Type.String(), from: Type.Optional(Type.Unknown()), to: Type.Optional(Type.Unknown()) }),
        ),
      }),
    ),
  },
  examples: [
    ['everfocus settings read nvr/ && git -C nvr diff', 'what has changed since the last time?'],
    ['everfocus settings diff nvr/', 'exit code 8 where the NVR differs'],
    ['everfocus settings apply nvr/ --only getEMail', 'makes the mail settings those of the file'],
  ],
  async run(context) {
    const { given, out, connect } = context;
    const names = given
      .text('only')
      ?.split(',')
      .map((name) => name.trim());
    const unknown = names?.find((name) => !filedSettings.some(({ read }) => read.id === name));
    if (unknown !== undefined)
      throw new Failure(
        'USAGE',
        `--only: there are no settings "${unknown}", but ${filedSettings.map(({ read }) => read.id).join(', ')}`,
      );
    const pairs = filedSettings.filter(({ read }) => names?.includes(read.id) ?? true);
    const client = await connect();
    const isMeant = ({ pair }: Changed) => !pair.guarded || (names?.includes(pair.read.id) ?? false);
    const action = given.operand(0);
    if (action === 'read') return read(client, pairs, context);
    const changed = await compare(client, pairs, context);
    if (action === 'diff') {
      report(changed, context);
      return changed.length > 0 ? EXIT.differs : EXIT.ok;
    }
    const [wanted, kept] = [changed.filter(isMeant), changed.filter((one) => !isMeant(one))];
    for (const { file, pair } of kept)
      if (!out.json) out.note(`${file} differs and is left as it is at the NVR: --only ${pair.read.id} applies it`);
    return apply(client, wanted, context);
  },
};

/** One file and what it holds. */
interface Part {
  readonly pair: FiledSettings;
  readonly file: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Changed extends Part {
  readonly wanted: unknown;
  readonly changes: readonly Difference[];
}

async function partsOf(client: Nvr, pairs: readonly FiledSettings[], signal: AbortSignal): Promise<Part[]> {
  const cameras = pairs.some(({ byChannel }) => byChannel)
    ? await client.call(operations.cameraList, {}, { signal })
    : [];
  return pairs.flatMap((pair) =>
    pair.byChannel
      ? cameras.map(({ ChannelID }) => ({ pair, file: `${pair.read.id}-${ChannelID}.json`, params: { ChannelID } }))
      : [{ pair, file: `${pair.read.id}.json`, params: {} }],
  );
}

async function read(client: Nvr, pairs: readonly FiledSettings[], { given, out, signal }: Context): Promise<number> {
  const folder = given.operand(1);
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const { pair, file, params } of await partsOf(client, pairs, signal)) {
    out.progress(file);
    try {
      const value = withoutSecrets(await readSettings(client, pair, params, { signal }), pair.passing);
      await writeWhole(join(folder, file), (handle) => handle.writeFile(`${safeJson(value, 2)}\n`));
      files.push(file);
    } catch (error) {
      // A model without pins has no settings of them.
      if (!(error instanceof NvrRefusedError)) throw error;
      out.note(`${file}: ${error.message}`);
    }
  }
  if (out.json) out.document({ directory: folder, files });
  else out.line(`${files.length} files in ${folder}; passwords are not among them`);
  return EXIT.ok;
}

/** What of the files differs from the NVR. */
async function compare(
  client: Nvr,
  pairs: readonly FiledSettings[],
  { given, out, signal }: Context,
): Promise<Changed[]> {
  const folder = given.operand(1);
  const there = new Set(
    await readdir(folder).catch((error: unknown) => {
      throw new Failure('FILE_FAILED', `${folder}: ${(error as Error).message}`);
    }),
  );
  const changed: Changed[] = [];
  for (const part of (await partsOf(client, pairs, signal)).filter(({ file }) => there.has(file))) {
    out.progress(part.file);
    const wanted = readJson(part.file, await readPlainFile(join(folder, part.file), limits.reply.settings, signal));
    const now = withoutSecrets(await readSettings(client, part.pair, part.params, { signal }), part.pair.passing);
    const changes = differences(now, merged(now, wanted));
    if (changes.length > 0) changed.push({ ...part, wanted, changes });
  }
  return changed;
}

function report(changed: readonly Changed[], { out }: Context, none = 'no difference'): void {
  if (out.json) return out.document(changed.map(({ file, changes }) => ({ file, changes })));
  if (changed.length === 0) out.line(none);
  for (const { file, changes } of changed) {
    out.line(out.style('head', file));
    for (const { path, from, to } of changes)
      out.line(`  ${clean(path)}: ${out.style('bad', told(from))} → ${out.style('good', told(to))}`);
  }
}

function told(value: unknown): string {
  return value === undefined ? 'nothing' : clean(JSON.stringify(value));
}

async function apply(client: Nvr, changed: readonly Changed[], context: Context): Promise<number> {
  const { given, out, ask, signal } = context;
  // Programs are answered once it is done.
  if (!out.json) report(changed, context, 'no difference to apply');
  if (changed.length > 0 && !given.flag('yes')) {
    // Who has not been shown what it is cannot consent.
    const answer = out.json ? undefined : await ask?.('Type yes to apply: ');
    if (answer?.trim() !== 'yes') throw new Failure('CONFIRMATION_REQUIRED', 'nothing was written; --yes does it');
  }
  for (const { pair, file, params, wanted } of changed) {
    await restoreSettings(client, pair, params, wanted, { signal }).catch((error: unknown) => {
      if (!out.json) out.note(`${file}: not applied`);
      throw error;
    });
    if (!out.json) out.note(`${file}: applied`);
  }
  if (out.json) report(changed, context);
  return EXIT.ok;
}

function readJson(file: string, text: Buffer): unknown {
  let value: unknown;
  try {
    const json = text.toString('utf8');
    checkJsonBudget(json);
    value = JSON.parse(json);
  } catch (error) {
    throw new Failure('FILE_FAILED', `${file} is ${error instanceof ReplyTooLargeError ? error.message : 'no JSON'}`);
  }
  return givenJson(file, value);
}
