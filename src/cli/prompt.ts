import { Failure } from './failure.js';

/** UTF-16 units; a longer answer is none. */
const MAX_ANSWER = 1024;
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const BACKSPACE = /[\b\u007F]/;

export interface PromptOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WritableStream;
  readonly signal: AbortSignal;
  /** What is typed is not shown. */
  readonly hidden?: boolean;
}

/**
 * Asks a person and resolves with the line that he types. The terminal does not echo it where it is hidden.
 *
 * @throws the signal's reason; {@link Failure} where the answer never ends, or the input does
 */
export async function ask(question: string, { stdin, stderr, signal, hidden = false }: PromptOptions): Promise<string> {
  signal.throwIfAborted();
  stderr.write(question);
  const wasRaw = stdin.isRaw;
  stdin.setRawMode(true);
  let answer = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const read = (data: Buffer | string) => {
    for (const character of String(data)) {
      if (character === '\r' || character === '\n') return resolve(answer);
      // Raw mode keeps the signal from being sent by the terminal.
      if (character === CTRL_C) return void process.kill(process.pid, 'SIGINT');
      if (character === CTRL_D) return reject(new Failure('CREDENTIALS_MISSING', 'the input ended'));
      if (BACKSPACE.test(character)) {
        if (answer === '') continue;
        answer = Array.from(answer).slice(0, -1).join('');
        if (!hidden) stderr.write('\b \b');
      } else {
        answer += character;
        if (!hidden) stderr.write(character);
      }
      if (answer.length > MAX_ANSWER) return reject(new Failure('USAGE', 'the answer is too long'));
    }
  };
  const abort = () => reject(signal.reason as Error);
  const end = () => reject(new Failure('CREDENTIALS_MISSING', 'the input ended'));
  signal.addEventListener('abort', abort);
  stdin.on('data', read).on('end', end).resume();
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    stdin.off('data', read).off('end', end).pause();
    stdin.setRawMode(wasRaw);
    stderr.write('\n');
  }
}
