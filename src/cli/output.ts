import { once } from 'node:events';
import { styleText } from 'node:util';
import type { Logger } from '../shared/index.js';
import { cleanText, limits, safeJson } from '../shared/internal.js';
import { columns } from './table.js';
import { wrapped } from './wrapped.js';

/** A writable end of this program. */
export type Sink = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly writableNeedDrain?: boolean;
};

export interface OutputOptions {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly json: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Colours by what they mean. */
const styles = { good: 'green', bad: 'red', warning: 'yellow', dim: 'dim', head: 'bold' } as const;
export type Style = keyof typeof styles;

/** Characters of a table's line where nobody sees its end; what a device made up may be longer. */
const PIPED = 1000;

/** What a command says: results on stdout, everything else on stderr. */
export class Output {
  /** Whether results are for programs. */
  readonly json: boolean;
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #coloured: boolean;
  #progress = '';

  constructor({ stdout, stderr, json, env }: OutputOptions) {
    this.json = json;
    this.#stdout = stdout;
    this.#stderr = stderr;
    // https://no-color.org: whatever its value, unless it is empty.
    this.#coloured = stdout.isTTY === true && !json && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  }

  /** Characters of a line. A terminal whose size nobody has set says 0. */
  get width(): number {
    return this.#stdout.columns || 100;
  }

  /** Whether stdout is a terminal, which bytes would upset. */
  get isTerminal(): boolean {
    return this.#stdout.isTTY === true;
  }

  style(style: Style, text: string): string {
    return this.#coloured ? styleText(styles[style], text, { validateStream: false }) : text;
  }

  /** A line of the result, for people. What comes from outside in it has gone through {@link clean}. */
  line(text = ''): void {
    this.endProgress();
    this.#stdout.write(`${text}\n`);
  }

  /** A table, for people. Cells are cleaned here. */
  table(heads: readonly string[], rows: readonly (readonly unknown[])[]): void {
    const lines = columns(
      heads,
      rows.map((row) => row.map(clean)),
      this.isTerminal ? this.width : PIPED,
    );
    const [head = '', ...others] = lines;
    this.line(this.style('head', head));
    for (const line of others) this.line(line);
  }

  /** The result, for programs: one JSON document. */
  document(value: unknown): void {
    this.line(safeJson(value, 2));
  }

  /** One of many results, for programs: a line. */
  record(value: unknown): void {
    this.line(safeJson(value));
  }

  /** Resolves once what was written is on its way. Rejects where the signal is aborted before. */
  async room(signal: AbortSignal): Promise<void> {
    if (this.#stdout.writableNeedDrain === true) await once(this.#stdout, 'drain', { signal });
  }

  /** Bytes of the result. Resolves once there is room for more. Rejects where the signal is aborted before. */
  async bytes(data: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#stdout.write(data)) await once(this.#stdout, 'drain', { signal });
  }

  /** What a person should know besides the result. */
  note(text: string): void {
    this.endProgress();
    const { isTTY, columns: width } = this.#stderr;
    this.#stderr.write(`${isTTY === true && width && !this.json ? wrapped(text, '', width) : text}\n`);
  }

  /** Where the work stands; overwritten by the next, and shown in a terminal only. */
  progress(text: string): void {
    if (this.#stderr.isTTY !== true || this.json) return;
    this.endProgress();
    this.#progress = text.slice(0, (this.#stderr.columns || 80) - 1);
    this.#stderr.write(this.#progress);
  }

  /** Takes it away again. */
  endProgress(): void {
    if (this.#progress === '') return;
    this.#progress = '';
    this.#stderr.write('\r\u001b[K');
  }
}

/** A logger that says everything besides the result. */
export function loggerOf(out: Output): Record<keyof Logger, (message: string) => void> {
  const say = (level: string) => (message: string) =>
    out.note(out.json ? safeJson({ level, message }) : `${level}: ${message}`);
  return { debug: say('debug'), info: say('info'), warn: say('warning'), error: say('error') };
}

/** Whatever it is, as one line that cannot steer a terminal. */
export function clean(value: unknown): string {
  if (value === undefined || value === null) return '';
  return cleanText(typeof value === 'string' ? value : JSON.stringify(value), limits.text.words);
}
