import { Type } from 'typebox';
import { Nvr } from '../../shared/index.js';
import {
  bundleName,
  bundleText,
  capture,
  contentsInWords,
  contentsOf,
  versionOf,
  writeWhole,
} from '../../shared/internal.js';
import type { Command, Context } from '../command.js';
import { EXIT, Failure } from '../failure.js';

/** s */
const LISTEN = 20;
const CAMERAS = 2;

export const captureCommand: Command = {
  name: 'capture',
  summary: 'Write down how an NVR answers, without its secrets, for a report of a fault',
  description: [
    'Asks everything that only reads, listens to every push socket for a while, takes the headers of some frames, live and ' +
      'of a recording, and opens the way to a loudspeaker, over which nothing is said. Passwords, names, addresses, serial ' +
      'numbers and every text that is not known as harmless are replaced, the same by the same; pictures stay out. What is in ' +
      'it is shown before it is written. Nothing is changed at the NVR. See docs/capture.md.',
  ],
  options: {
    output: {
      value: 'file',
      short: 'o',
      description: 'Where it goes; others on this machine cannot read it.',
      otherwise: 'everfocus-capture-<date>.json here',
    },
    seconds: {
      type: 'number',
      value: 's',
      minimum: 1,
      maximum: 3600,
      description: 'How long to listen to the push sockets: make happen there what goes wrong.',
      otherwise: String(LISTEN),
    },
    cameras: {
      type: 'number',
      value: 'n',
      minimum: 0,
      maximum: 16,
      description: 'How many cameras to look at live.',
      otherwise: String(CAMERAS),
    },
    pictures: { type: 'flag', description: 'Pictures and sound of those cameras go into it, too.' },
    yes: { type: 'flag', short: 'y', description: 'Write it without asking.' },
  },
  connects: true,
  answers: {
    '': Type.Object({
      file: Type.String(),
      bytes: Type.Integer(),
      operations: Type.Integer(),
      unanswered: Type.Integer(),
      sockets: Type.Array(Type.Object({ path: Type.String(), open: Type.Boolean(), messages: Type.Integer() })),
      replaced: Type.Record(Type.String(), Type.Integer()),
      leftOut: Type.Array(Type.String()),
      pictures: Type.Boolean(),
    }),
  },
  examples: [
    ['everfocus capture', 'looks at the NVR of the store, shows what it found, and asks'],
    ['everfocus capture --seconds 120 -o doorbell.json', 'leaves two minutes to ring'],
    ['everfocus replay doorbell.json', 'serves what is in it, on this machine'],
  ],
  async run(context) {
    const { given, out, clock, signal, account, ask } = context;
    // Before a person has waited for it in vain.
    if (!ask && !given.flag('yes')) throw refused('there is no terminal to ask');
    const options = await account();
    const bundle = await capture({
      account: options,
      connect: (tap) => new Nvr({ ...options, tap }),
      by: `homebridge-everfocus-nvr ${versionOf()}`,
      listen: (given.number('seconds') ?? LISTEN) * 1000,
      cameras: given.number('cameras') ?? CAMERAS,
      pictures: given.flag('pictures'),
      ...{ signal, clock, progress: (what: string) => out.progress(`${what} …`) },
    });
    out.endProgress();
    const text = bundleText(bundle);
    const file = given.text('output') ?? bundleName(bundle);
    const contents = contentsOf(bundle);
    for (const { head, lines } of out.json ? [] : contentsInWords(contents, text.length)) {
      out.line(out.style('head', head));
      for (const line of lines) out.line(`  ${line}`);
    }
    if (!given.flag('yes')) await confirm(context, file, text);
    await writeWhole(file, async (handle) => {
      await handle.chmod(0o600);
      await handle.writeFile(text);
    });
    if (out.json) out.document({ file, bytes: Buffer.byteLength(text), ...contents });
    else out.line(`${file} is written. Have a look at it before you give it away; everfocus replay serves it.`);
    return EXIT.ok;
  },
};

/** @throws {@link Failure} `CONFIRMATION_REQUIRED` */
async function confirm({ ask, out }: Context, file: string, text: string): Promise<void> {
  for (;;) {
    const answer = (await ask?.(`Write it to ${file}? y, N, or s to see all of it: `))?.trim().toLowerCase();
    if (answer === 'y' || answer === 'yes') return;
    if (answer !== 's') throw refused('you did not say yes');
    out.line(text.trimEnd());
  }
}

function refused(why: string): Failure {
  return new Failure('CONFIRMATION_REQUIRED', `${why}: nothing was written; --yes writes it without asking`);
}
