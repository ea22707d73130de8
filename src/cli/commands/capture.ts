import { Nvr } from '../../shared/index.js';
import { bundleText, capture, type Contents, contentsOf, writeWhole } from '../../shared/internal.js';
import type { Command, Context } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import { clean, safeJson } from '../output.js';
import { versionOf } from '../version.js';

/** s */
const LISTEN = 20;
const CAMERAS = 2;

export const captureCommand: Command = {
  name: 'capture',
  summary: 'Write down how an NVR answers, without its secrets, for a report of a fault',
  description: [
    'Asks everything that only reads, listens to every push socket for a while, and takes the headers of some frames of live ' +
      'streams. Passwords, names, addresses, serial numbers and every text that is not known as harmless are replaced, the ' +
      'same by the same; pictures stay out. What is in it is shown before it is written. Nothing is changed at the NVR. See ' +
      'docs/capture.md.',
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
    const text = bundleText(bundle, (value) => safeJson(value));
    const file = given.text('output') ?? `everfocus-capture-${bundle.made.slice(0, 16).replace(/\D/g, '')}.json`;
    const contents = contentsOf(bundle);
    if (!out.json) show(context, contents, text.length);
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

function show({ out }: Context, contents: Contents, length: number): void {
  const { operations, unanswered, sockets, replaced, leftOut, pictures } = contents;
  const closed = sockets.filter(({ open }) => !open).length;
  const messages = sockets
    .filter(({ path }) => !path.startsWith('/live/'))
    .reduce((sum, socket) => sum + socket.messages, 0);
  const streams = sockets.filter(({ path }) => path.startsWith('/live/'));
  out.line(out.style('head', `What is in it (${Math.ceil(length / 1024)} KiB):`));
  out.line(`  answers to ${operations} operations${unanswered > 0 ? `; ${unanswered} questions without answer` : ''}`);
  out.line(`  ${messages} messages of push sockets${closed > 0 ? `; ${closed} sockets that do not open` : ''}`);
  out.line(
    `  frames of ${streams.length} live streams, ${pictures ? 'WITH THEIR PICTURES AND SOUND' : 'their headers only'}`,
  );
  out.line(out.style('head', 'What was replaced by something else:'));
  for (const [what, count] of Object.entries(replaced)) out.line(`  ${count} ${what}`);
  out.line(out.style('head', 'What is not in it:'));
  out.line('  cookies, passwords and all other secrets of this connection');
  for (const what of leftOut) out.line(`  ${clean(what)}`);
}

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
