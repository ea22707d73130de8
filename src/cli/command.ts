import type { TSchema } from 'typebox';
import type { Clock, Nvr, NvrClientOptions } from '../shared/index.js';
import type { Account } from './account.js';
import type { Given } from './given.js';
import type { Output } from './output.js';

/** One `--option`. From here come parsing, checks, help, completion and docs/cli.md. */
export interface Option {
  /** Default: `text`. `time` is a date, or how long ago. */
  readonly type?: 'flag' | 'number' | 'text' | 'time';
  readonly description: string;
  /** What stands for its value in the help, such as `file`. */
  readonly value?: string;
  readonly short?: string;
  readonly choices?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** What holds where it is not given, in words. */
  readonly otherwise?: string;
}

export type Options = Readonly<Record<string, Option>>;

/** One operand: an argument without a name. */
export interface Operand {
  readonly name: string;
  readonly description: string;
  readonly optional?: boolean;
  readonly choices?: readonly string[];
}

/** What a command runs with. */
export interface Context {
  readonly given: Given;
  readonly out: Output;
  readonly clock: Clock;
  /** Aborted by Ctrl-C, SIGTERM, and where nobody reads the output any more. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  /** The commands there are, for completion. */
  readonly commands: readonly Command[];
  /** Asks the person; `undefined` where there is none. */
  readonly ask: ((question: string, hidden?: boolean) => Promise<string>) | undefined;
  /** How the chosen NVR is reached; asks for what is missing, once, where a person can answer. */
  account: () => Promise<Account>;
  /** A client of the chosen NVR, closed when the command ends. @param changes what it is not to take from `account` */
  connect: (changes?: Partial<NvrClientOptions>) => Promise<Nvr>;
}

/** One command of `everfocus`. */
export interface Command {
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** Paragraphs below it. */
  readonly description?: readonly string[];
  readonly operands?: readonly Operand[];
  readonly options?: Options;
  /** More options, which the first operand brings: the parameters of an operation. */
  readonly optionsOf?: (operand: string) => Options;
  /** Whether it talks to an NVR, and so takes the options of a connection. */
  readonly connects?: boolean;
  /**
   * What it answers with `--json`, by the words that say when; empty where it is always that. A command without prints the
   * same for everybody.
   */
  readonly answers?: Readonly<Record<string, TSchema>>;
  /** An answer a line, as they come, instead of one document. */
  readonly lines?: true;
  /** Command lines with what they do. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  /** @returns the exit code, where it is not 0 */
  readonly run: (context: Context) => Promise<number | undefined>;
}

/** What every command takes. */
export const generalOptions: Options = {
  json: { type: 'flag', description: 'Machine-readable: one JSON document, or one per line where more follow.' },
  verbose: { type: 'flag', description: 'Say on stderr what the driver does.' },
  help: { type: 'flag', short: 'h', description: 'Help with this command.' },
};

/** What every command takes that talks to an NVR. */
export const connectionOptions: Options = {
  nvr: { value: 'name', short: 'n', description: 'An NVR that `everfocus nvrs add` has put into the store.' },
  host: {
    value: 'address',
    description: 'Address of the NVR.',
    otherwise: 'EVERFOCUS_HOST, or the only one in the store',
  },
  port: {
    type: 'number',
    value: 'port',
    minimum: 1,
    maximum: 65535,
    description: 'TCP port.',
    otherwise: '80, with HTTPS 443',
  },
  https: { type: 'flag', description: 'Connect encrypted; the first certificate seen is trusted from then on.' },
  fingerprint: { value: 'sha256', description: 'The one certificate to trust.', otherwise: 'what the store knows' },
  username: {
    value: 'name',
    short: 'u',
    description: 'User of the NVR.',
    otherwise: 'EVERFOCUS_USERNAME, else asked for',
  },
  password: {
    value: 'text',
    description:
      'His password. Others on this machine can read it in the list of processes: better EVERFOCUS_PASSWORD, or the store.',
    otherwise: 'EVERFOCUS_PASSWORD, else asked for',
  },
  digest: { value: 'method:uri', description: 'What the digest of the login is made of, such as GET:/admin/login.' },
  store: {
    value: 'folder',
    description: 'Where NVRs, certificates and dialects are kept.',
    otherwise: 'EVERFOCUS_STORE, else ~/.config/everfocus',
  },
};

/** The options of a command, its own first. */
export function optionsFor(command: Command): Options {
  return { ...command.options, ...(command.connects ? connectionOptions : {}), ...generalOptions };
}

/** Options that several commands share. */
export const channelOption: Option = {
  type: 'number',
  value: 'n',
  short: 'c',
  minimum: 1,
  maximum: 4096,
  description: 'Number of the camera, from 1.',
  otherwise: '1',
};
export const streamOption: Option = {
  choices: ['main', 'sub'],
  value: 'name',
  short: 's',
  description: 'Which stream of the camera.',
  otherwise: 'main',
};
export const countOption: Option = {
  type: 'number',
  value: 'n',
  minimum: 1,
  maximum: 1_000_000_000,
  description: 'End after so many.',
  otherwise: 'never',
};
export const forOption: Option = {
  type: 'number',
  value: 's',
  minimum: 0.1,
  maximum: 86_400,
  description: 'End after so many seconds.',
  otherwise: 'never',
};
