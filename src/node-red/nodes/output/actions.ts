import { Type } from 'typebox';
import { InvalidParameterError, type Nvr, operations, pulsePin } from '../../../shared/index.js';
import type { Action, Parameter } from '../../actions/action.js';
import { numberOf } from '../../actions/checked.js';
import { folded } from '../../words.js';

/** What an output is told. */
export type Command = 'on' | 'off' | 'toggle' | 'pulse';

/** What one message asks for. */
export interface Switching {
  readonly command: Command;
  /** Where the message names it. */
  readonly pin?: unknown;
  /** ms */
  readonly duration?: unknown;
}

/** ms that a pulse lasts where nothing else is said: enough for a gate, too short for a siren. */
const PULSE = 1000;

const pinOf = (title: string, picks: string) =>
  Type.Integer({ minimum: 1, title, picks, examples: [5], description: "Number of the NVR's own pin." });
const output = { ...pinOf('Output', 'alarm-out'), beginsWith: 'first' };
const command = Type.Enum(['on', 'off', 'toggle', 'pulse'], {
  title: 'State',
  fromMessage: 'payload',
  description:
    'What the output becomes. A message may say it as true or false, 1 or 0, "on", "off", "toggle" or "pulse", or as {pin, value}.',
});
const duration = Type.Number({
  ...{ minimum: 50, maximum: 3_600_000, unit: 'ms', title: 'Pulse', default: PULSE },
  description: 'How long a pulse lasts.',
});

const required = (name: string, schema: Parameter['schema']): Parameter => ({ name, schema, required: true });
const optional = (name: string, schema: Parameter['schema']): Parameter => ({ name, schema, required: false });
const shared = { domain: 'io', section: '10.20, 10.21', needsConfirmation: false } as const;
const isOn = { as: 'json', schema: Type.Boolean({ title: 'On', description: 'Whether the pin is on now.' }) } as const;

/** Texts for on and off, folded, and what else an output can be told. */
const commands: Readonly<Record<string, Command>> = {
  ...{ on: 'on', true: 'on', '1': 'on' },
  ...{ off: 'off', false: 'off', '0': 'off' },
  ...{ toggle: 'toggle', pulse: 'pulse' },
};

/**
 * What a message asks for, as dashboards, brokers and people write it.
 *
 * @throws InvalidParameterError
 */
export function readSwitching(value: unknown): Switching {
  if (typeof value === 'object' && value !== null && 'value' in value) {
    const { pin, value: inner, duration } = value as { pin?: unknown; value: unknown; duration?: unknown };
    return { command: commandOf(inner), pin, duration };
  }
  return { command: commandOf(value) };
}

function commandOf(value: unknown): Command {
  const isWord = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const word = isWord ? folded(String(value).trim()) : '';
  const found = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (found) return found;
  throw new InvalidParameterError('value', 'must be true or false, 1 or 0, "on", "off", "toggle" or "pulse"');
}

/** @throws InvalidParameterError */
function checkPin(value: unknown): number {
  const pin = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof pin === 'number' && Number.isInteger(pin) && pin >= 1) return pin;
  throw new InvalidParameterError('pin', 'must be the number of an output: choose it, or name it in the message');
}

/** @throws InvalidParameterError where the NVR has no such pin */
async function readPin(client: Nvr, pin: number, signal: AbortSignal): Promise<boolean> {
  const { pin_value } = await client.call(operations.getPinStatus, {}, { signal });
  const found = pin_value.find(({ pinNum }) => pinNum === pin);
  if (found) return found.pinVal === 1;
  throw new InvalidParameterError('pin', `the NVR has no pin ${pin}`);
}

/** Two that turn a pin over at the same time must not both see the same state. */
const turns = new WeakMap<Nvr, Promise<unknown>>();

async function toggle(client: Nvr, pin: number, signal: AbortSignal): Promise<boolean> {
  const turn = (turns.get(client) ?? Promise.resolve()).then(async () => {
    signal.throwIfAborted();
    const on = !(await readPin(client, pin, signal));
    return set(client, pin, on, signal);
  });
  turns.set(
    client,
    turn.catch(() => undefined),
  );
  return turn;
}

async function set(client: Nvr, pin: number, on: boolean, signal: AbortSignal): Promise<boolean> {
  await client.call(operations.pinManualSetting, { pinID: pin, pinValue: on ? 1 : 0 }, { signal });
  return on;
}

async function run(
  client: Nvr,
  { command, pin, duration }: { command: Command; pin: unknown; duration: unknown },
  signal: AbortSignal,
) {
  const checked = checkPin(pin);
  switch (command) {
    case 'on':
    case 'off':
      return set(client, checked, command === 'on', signal);
    case 'toggle':
      return toggle(client, checked, signal);
    case 'pulse':
      await pulsePin(client, checked, { duration: numberOf('duration', duration ?? PULSE), signal });
      return false;
  }
}

/** What `everfocus-output` can do. */
export const outputActions: readonly Action[] = [
  {
    ...{ ...shared, id: 'switchOutput', title: 'Switch an output', effect: 'write', reply: isOn },
    description: 'Switches an alarm output on or off, turns it over or pulses it, as the row or the message says.',
    words: 'relay gate door siren light do turn on off toggle pulse',
    parameters: [optional('pin', output), required('value', command), optional('duration', duration)],
    run: (client, { pin, value, duration }, signal) => {
      const told = readSwitching(value);
      const time = told.duration ?? duration;
      return run(client, { command: told.command, pin: told.pin ?? pin, duration: time }, signal);
    },
  },
  {
    ...{ ...shared, id: 'pulseOutput', title: 'Pulse an output', effect: 'write', reply: isOn },
    description:
      'Switches an alarm output on for some time, as a gate opener wants it. Whatever happens, it is switched off again.',
    words: 'relay gate door opener impulse do',
    parameters: [required('pin', output), optional('duration', duration)],
    run: (client, { pin, duration }, signal) => run(client, { command: 'pulse', pin, duration }, signal),
  },
  {
    ...{ ...shared, id: 'toggleOutput', title: 'Turn an output over', effect: 'write', reply: isOn },
    description: 'Switches an alarm output on where it is off, and off where it is on.',
    words: 'toggle relay light do',
    parameters: [required('pin', output)],
    run: (client, { pin }, signal) => run(client, { command: 'toggle', pin, duration: undefined }, signal),
  },
  {
    ...{ ...shared, id: 'readOutput', title: 'Read an output', effect: 'read', reply: isOn },
    description: 'Whether an alarm output is on.',
    words: 'relay state status do',
    parameters: [required('pin', output)],
    run: (client, { pin }, signal) => readPin(client, checkPin(pin), signal),
  },
  {
    ...{ ...shared, id: 'readInput', title: 'Read an input', effect: 'read', reply: isOn },
    description: 'Whether an alarm input is on.',
    words: 'sensor contact door state status di',
    parameters: [required('pin', pinOf('Input', 'alarm-in'))],
    run: (client, { pin }, signal) => readPin(client, checkPin(pin), signal),
  },
];
