import { Type } from 'typebox';
import { channelOption, type Command } from '../command.js';
import { examine, usual } from '../../doctor/examine.js';
import { type Finding, plainFinding, type Verdict } from '../../doctor/finding.js';
import { EXIT, exitOf } from '../failure.js';
import type { Output, Style } from '../output.js';
import { wrapped } from '../wrapped.js';

/** s */
const PATIENCE = usual.patience / 1000;
/** s */
const WATCH = usual.watch / 1000;

const marks: Readonly<Record<Verdict, readonly [string, Style]>> = {
  good: ['✓', 'good'],
  warning: ['!', 'warning'],
  bad: ['✗', 'bad'],
  skipped: ['–', 'dim'],
};

export const doctor: Command = {
  name: 'doctor',
  summary: 'Find out what works with an NVR, what does not, and what to do about it',
  description: [
    'Looks at address, port and device, login and permissions, certificate, clock, cameras, disks, push sockets, live pictures, ' +
      'playback, talk, outputs, RTSP, ffmpeg and what HomeKit needs: a verdict a line, with a remedy. Nothing is changed, ' +
      'switched, moved or said; a password is sent only to what offers the login of an NVR.',
  ],
  options: {
    channel: { ...channelOption, otherwise: 'the first on line' },
    patience: {
      type: 'number',
      value: 's',
      minimum: 0.1,
      maximum: 600,
      description: 'How long to wait for anything.',
      otherwise: String(PATIENCE),
    },
    watch: {
      type: 'number',
      value: 's',
      minimum: 0,
      maximum: 600,
      description: 'How long to look at live pictures.',
      otherwise: String(WATCH),
    },
  },
  connects: true,
  answers: {
    '': Type.Object({
      host: Type.String(),
      healthy: Type.Boolean(),
      findings: Type.Array(
        Type.Object({
          check: Type.String(),
          verdict: Type.Enum(['good', 'warning', 'bad', 'skipped']),
          finding: Type.String(),
          remedy: Type.Optional(Type.String()),
          code: Type.Optional(Type.String()),
        }),
      ),
    }),
  },
  examples: [
    ['everfocus doctor', 'looks at the NVR of the store'],
    ['everfocus doctor --host 192.168.1.20 -u admin --json', 'the same for programs; asks for the password'],
  ],
  async run({ given, out, clock, signal, account }) {
    const options = await account();
    const findings: Finding[] = [];
    await examine({
      ...{ account: options, clock, signal, channel: given.number('channel') },
      patience: (given.number('patience') ?? PATIENCE) * 1000,
      watch: (given.number('watch') ?? WATCH) * 1000,
      slow: usual.slow,
      report: (finding) => {
        const { remedy } = findings.at(-1) ?? {};
        findings.push(plainFinding(finding));
        if (!out.json) show(out, finding, finding.remedy === remedy);
        out.progress('looking …');
      },
    });
    const count = (verdict: Verdict) => findings.filter((finding) => finding.verdict === verdict).length;
    const worst = findings.find(({ verdict }) => verdict === 'bad');
    if (out.json) out.document({ host: options.host, healthy: worst === undefined, findings });
    else out.line(`\n${count('good')} ✓  ${count('warning')} !  ${count('bad')} ✗`);
    if (!worst) return EXIT.ok;
    return exitOf(worst.code);
  },
};

/** @param known what helps stands there already, for the finding before */
function show(out: Output, { check, verdict, finding, remedy }: Finding, known: boolean): void {
  const [mark, style] = marks[verdict];
  // Programs that read lines get one a finding.
  const told = (text: string, indent: number) =>
    out.isTerminal ? wrapped(text, ' '.repeat(indent), out.width).trimStart() : text;
  out.line(`${out.style(style, mark)} ${out.style('head', check.padEnd(11))} ${told(finding, 14)}`);
  if (remedy !== undefined && !known) out.line(`${' '.repeat(14)}${out.style('dim', `→ ${told(remedy, 16)}`)}`);
}
