import { stat } from 'node:fs/promises';
import { limits } from '../../shared/internal.js';
import type { Command } from '../command.js';
import { Failure } from '../failure.js';
import { portOption, runSimulator } from './simulate.js';

export const replay: Command = {
  name: 'replay',
  summary: 'Serve a capture as if the recorder stood here, to try things against it',
  description: [
    'Answers what the recorder answered and repeats what its sockets said, on this machine only; any user name and password ' +
      'are taken. The simulator does it, a package of its own: npm install -g everfocus-simulator.',
  ],
  operands: [{ name: 'file', description: 'A file that `everfocus capture` has made.' }],
  options: { port: portOption('Port of the recorder.', '8080') },
  examples: [
    ['everfocus replay capture.json', 'serves it at port 8080'],
    ['EVERFOCUS_PASSWORD=x everfocus doctor --host 127.0.0.1 --port 8080 -u x', 'looks at it from another terminal'],
  ],
  async run({ given, signal }) {
    const file = given.operand(0);
    const found = await stat(file).catch((error: unknown) => {
      throw new Failure('FILE_FAILED', `${file} cannot be read: ${(error as Error).message}`);
    });
    if (!found.isFile()) throw new Failure('FILE_FAILED', `${file} is no plain file`);
    if (found.size > limits.capture.bundle) throw new Failure('FILE_FAILED', `${file} is no capture: it is too large`);
    return runSimulator([`--replay=${file}`, `--port=${given.text('port') ?? '8080'}`], signal);
  },
};
