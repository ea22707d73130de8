import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { withProgram } from './program.js';

const program = withProgram();

/** Types each line and TAB at an interactive zsh, and writes the words of the command that Enter runs then. */
const TYPING = String.raw`
zmodload zsh/zpty
zpty typed zsh -f -i
zpty -w typed "PS1= RPS1=; unsetopt beep; autoload -U compinit && compinit -u -D; source $1; everfocus() { local IFS='|'; print -r -- \"ran:\$*:done\" }; print re''ady"
zpty -r typed screen '*ready*'
for line in "\${@[2,-1]}"; do
  zpty -w -n typed "everfocus $line"$'\t\n'
  zpty -r typed screen '*ran:*:done*'
  print -r -- "\${\${screen##*ran:}%%:done*}"
done
`.replaceAll(String.raw`\${`, '${');

it('zsh completes commands, choices, operations, options and files', async () => {
  const { bytes } = await program.run(['completion', 'zsh']);
  const [script, start] = [join(program.folder, 'completion.zsh'), join(program.folder, 'gar')];
  const file = `${start}age.json`;
  writeFileSync(script, bytes);
  writeFileSync(file, '{}');
  const complete = (...lines: string[]) =>
    execFileSync('zsh', ['-f', '-c', TYPING, 'zsh', script, ...lines], { encoding: 'utf8', timeout: 60_000 })
      .trimEnd()
      .split('\n');
  expect(
    complete('wat', 'clip --stream m', 'live -s s', 'call cameraS', 'settings ap', 'bridge --ch', `replay ${start}`),
  ).toEqual([
    ...['watch', 'clip|--stream|main', 'live|-s|sub', 'call|cameraStatus', 'settings|apply', 'bridge|--check'],
    `replay|${file}`,
  ]);
});
