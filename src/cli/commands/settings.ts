import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import {
  InvalidParameterError,
  type Nvr,
  NvrRefusedError,
  readSettings,
  ReplyTooLargeError,
  restoreSettings,
} from '../../shared/index.js';
import { checkJsonBudget, checkRestoring, givenJson, limits, safeJson, writeWhole } from '../../shared/internal.js';
import type { Command, Context } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import { readPlainFile } from '../files.js';
import { clean } from '../output.js';
import { differences, type Difference, merged, withoutSecrets, withoutUntold } from '../settings/compare.js';
import { foreign, type Part, partsOf, unfitting } from '../settings/files.js';
import { filedSettings, type FiledSettings, otherSettings } from '../settings/pairs.js';

export const settings: Command = {
  name: 'settings',
  summary: 'Keep the settings of an NVR in a directory, compare and apply them',
  description: [
    'One JSON file for each group of settings (and camera, stream, user or kind of alarm), fit for git: without passwords, ' +
      'without what goes on by itself, such as the clock, and without what the NVR tells and nobody sets. `diff` compares the ' +
      'files with the NVR; `apply` writes what differs, reading before and keeping what the files do not name. Nothing is ' +
      'written unless every file can be; a file that is named like settings and fits none of the NVR is complained about, ' +
      'other files are passed over. What could lock you out or destroy (network, ports, IP filter, users, disk groups, time) is applied only where --only names it.',
    `The groups are ${filedSettings.map(({ file }) => file).join(', ')}. Left out: ${otherSettings.join(', ')}, since other ` +
      'files hold the same; certificates, presets of cameras, and which cameras there are.',
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
    const unknown = names?.find((name) => !filedSettings.some(({ file }) => file === name));
    if (unknown !== undefined)
      throw new Failure(
        'USAGE',
        `--only: there are no settings "${unknown}", but ${filedSettings.map(({ file }) => file).join(', ')}`,
      );
    const pairs = filedSettings.filter(({ file }) => names?.includes(file) ?? true);
    const client = await connect();
    const isMeant = ({ pair }: Changed) => !pair.guarded || (names?.includes(pair.file) ?? false);
    const action = given.operand(0);
    if (action === 'read') return read(client, pairs, context);
    const { changed, problem } = await compare(client, pairs, context);
    if (action === 'diff') {
      if (out.json || changed.length > 0 || problem === undefined) report(changed, context);
      if (problem !== undefined) throw problem;
      return changed.length > 0 ? EXIT.differs : EXIT.ok;
    }
    if (problem !== undefined) throw problem;
    const [wanted, kept] = [changed.filter(isMeant), changed.filter((one) => !isMeant(one))];
    for (const { file, pair } of kept)
      if (!out.json) out.note(`${file} differs and is left as it is at the NVR: --only ${pair.file} applies it`);
    return apply(client, wanted, context);
  },
};

interface Changed extends Part {
  readonly wanted: unknown;
  readonly changes: readonly Difference[];
}

interface Comparison {
  readonly changed: readonly Changed[];
  /** Why some files were not compared. */
  readonly problem: Error | undefined;
}

async function read(client: Nvr, pairs: readonly FiledSettings[], { given, out, signal }: Context): Promise<number> {
  const folder = given.operand(1);
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  const known = await partsOf(client, pairs, { signal }, (text) => out.note(text));
  for (const { pair, file, params } of known.parts) {
    out.progress(file);
    try {
      const value = withoutSecrets(await readSettings(client, pair, params, { signal }), pair.leftOut);
      await writeWhole(join(folder, file), (handle) => handle.writeFile(`${safeJson(value, 2)}\n`));
      files.push(file);
    } catch (error) {
      // A model without pins has no settings of them.
      if (!(error instanceof NvrRefusedError)) throw error;
      out.note(`${file}: ${error.message}`);
    }
  }
  for (const name of unfitting(await namesIn(folder), known)) out.note(`${clean(name)} ${UNFITTING}`);
  if (out.json) out.document({ directory: folder, files });
  else out.line(`${files.length} files in ${folder}; passwords are not among them`);
  return EXIT.ok;
}

const UNFITTING = 'fits no settings of this NVR: is its name mistyped, or its camera or user gone?';

/** What of the files differs from the NVR. @throws {@link Failure} where there are none */
async function compare(
  client: Nvr,
  pairs: readonly FiledSettings[],
  { given, out, signal }: Context,
): Promise<Comparison> {
  const folder = given.operand(1);
  const there = await namesIn(folder);
  const known = await partsOf(client, pairs, { signal }, (text) => out.note(text));
  const strange = unfitting(there, known);
  for (const name of foreign(there))
    if (!out.json) out.note(`${clean(name)} is passed over: it is named like no settings`);
  const changed: Changed[] = [];
  const refused: [file: string, error: Error][] = [];
  const files = known.parts.filter(({ file }) => there.includes(file));
  for (const part of files) {
    out.progress(part.file);
    const given = readJson(part.file, await readPlainFile(join(folder, part.file), limits.reply.settings, signal));
    // Files of older versions hold what the NVR tells and nobody sets.
    const wanted = withoutUntold(given, part.pair.leftOut);
    try {
      const now = withoutSecrets(await readSettings(client, part.pair, part.params, { signal }), part.pair.leftOut);
      const changes = differences(now, merged(now, wanted));
      if (changes.length > 0) changed.push({ ...part, wanted, changes });
    } catch (error) {
      if (!(error instanceof NvrRefusedError)) throw error;
      refused.push([part.file, error]);
    }
  }
  for (const [file, error] of refused) if (!out.json) out.note(`${file}: ${error.message}`);
  if (strange.length > 0) {
    return { changed, problem: new Failure('FILE_FAILED', `${strange.join(', ')} ${UNFITTING}`) };
  }
  if (files.length > 0) return { changed, problem: refused[0]?.[1] };
  if (known.refusal !== undefined) throw known.refusal;
  throw new Failure('FILE_FAILED', `${folder} holds no such settings: everfocus settings read writes them`);
}

function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    throw new Failure('FILE_FAILED', `${folder}: ${(error as Error).message}`);
  });
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
  // Half of them would be neither the old settings nor those of the files.
  for (const one of changed)
    await naming(one, context, checkRestoring(client, one.pair, one.params, one.wanted, { signal }));
  if (changed.length > 0 && !given.flag('yes')) {
    // Who has not been shown what it is cannot consent.
    const answer = out.json ? undefined : await ask?.('Type yes to apply: ');
    if (answer?.trim() !== 'yes') throw new Failure('CONFIRMATION_REQUIRED', 'nothing was written; --yes does it');
  }
  for (const [index, one] of changed.entries()) {
    try {
      await naming(one, context, restoreSettings(client, one.pair, one.params, one.wanted, { signal }));
    } catch (error) {
      if (out.json && index > 0) report(changed.slice(0, index), context);
      // What was applied before may be why it does not fit any more: no wrong usage, by which nothing would have happened.
      if (!(error instanceof InvalidParameterError) || index === 0) throw error;
      throw new Failure('PARTLY_APPLIED', `${error.message}; ${index} of ${changed.length} files were applied before`);
    }
    if (!out.json) out.note(`${one.file}: applied`);
  }
  if (out.json) report(changed, context);
  return EXIT.ok;
}

/** Tells of which file it is that something fails. */
async function naming({ file }: Part, { out }: Context, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!out.json) out.note(`${file}: not applied`);
    throw error;
  }
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
