import {
  findOperation,
  movePtz,
  type Nvr,
  NvrError,
  operations,
  type PtzDirection,
  pulsePin,
} from '../../shared/index.js';
import { cleanText, isPassword, type LimitName, limits } from '../../shared/internal.js';
import type { AllowedCommands } from '../config/read.js';
import type { CommandTarget } from '../topics.js';

/** ms that a move lasts where nobody says; nobody's camera is to turn for ever. */
const MOVE = 500;
/** ms; longer ones are no command. */
const LONGEST = 60_000;

const DIRECTIONS: readonly string[] = ['tiltUp', 'tiltDown', 'panLeft', 'panRight', 'zoomIn', 'zoomOut'];

/** What a message asks for, understood. */
export type Command =
  | { readonly is: 'output'; readonly pin: number; readonly on: boolean }
  | { readonly is: 'pulse'; readonly pin: number; readonly duration: number }
  | {
      readonly is: 'move';
      readonly channel: number;
      readonly direction: PtzDirection;
      readonly duration: number;
      readonly speed?: number;
    }
  | { readonly is: 'stop'; readonly channel: number }
  | { readonly is: 'preset'; readonly channel: number; readonly preset: string }
  | { readonly is: 'record'; readonly channel: number; readonly on: boolean }
  | { readonly is: 'snapshot'; readonly channel: number }
  | { readonly is: 'call'; readonly operation: string; readonly params: Readonly<Record<string, unknown>> };

/** What came in, as far as limits let it. */
export interface CommandMessage {
  readonly target: CommandTarget;
  readonly payload: Buffer;
  readonly retained: boolean;
  readonly stale: boolean;
}

/** A command with the id that its sender gave it, or why it is none. */
export type Reading = { readonly id?: string | undefined } & (
  { readonly command: Command } | { readonly refused: string; readonly limit?: LimitName }
);

/** Decides what to do about a message, without doing it. */
export function readCommand({ target, payload, retained, stale }: CommandMessage, allowed: AllowedCommands): Reading {
  if (!isAllowed(target, allowed)) return { refused: 'is not switched on' };
  if (retained) return { refused: 'is retained: it may be of any age, and would come again; publish without retain' };
  if (stale) return { refused: 'waited while the bridge was away, and is not of now' };
  if (payload.length > limits.broker.command) {
    return { refused: `is larger than ${limits.broker.command} bytes`, limit: 'broker.command' };
  }
  const text = payload.toString('utf8').trim();
  const fields = fieldsOf(text);
  const id = typeof fields?.['id'] === 'string' ? cleanText(fields['id'], limits.text.word) : undefined;
  const command = commandOf(target, text, fields ?? {}, allowed);
  return { id, ...(typeof command === 'string' ? { refused: command } : { command }) };
}

function isAllowed(target: CommandTarget, allowed: AllowedCommands): boolean {
  if (target.is === 'output') return allowed.outputs;
  return target.is === 'call' ? allowed.call.size > 0 : allowed[target.is];
}

type Fields = Readonly<Record<string, unknown>>;

/** A command, or what is wrong. */
function commandOf(target: CommandTarget, text: string, fields: Fields, allowed: AllowedCommands): Command | string {
  switch (target.is) {
    case 'output': {
      const { pulse } = fields;
      if (pulse !== undefined) {
        if (!isBetween(pulse, 50, LONGEST)) return `"pulse" must be from 50 to ${LONGEST}, ms`;
        return { is: 'pulse', pin: target.pin, duration: pulse };
      }
      const on = onOff(text, fields);
      return on === undefined ? 'must be ON, OFF or {"pulse": 1000}' : { is: 'output', pin: target.pin, on };
    }
    case 'record': {
      const on = onOff(text, fields);
      return on === undefined ? 'must be ON or OFF' : { is: 'record', channel: target.channel, on };
    }
    case 'snapshot':
      return { is: 'snapshot', channel: target.channel };
    case 'ptz':
      return ptzOf(target.channel, text, fields);
    case 'call':
      return callOf(fields, allowed);
  }
}

function ptzOf(channel: number, text: string, { move, ms = MOVE, speed, preset }: Fields): Command | string {
  if (text.toLowerCase() === 'stop') return { is: 'stop', channel };
  if (typeof preset === 'string' || typeof preset === 'number') {
    const name = String(preset);
    return name.length > limits.text.name ? '"preset" is too long' : { is: 'preset', channel, preset: name };
  }
  if (typeof move !== 'string' || !DIRECTIONS.includes(move)) {
    return `must be STOP, {"preset": "1"} or {"move": …}, one of ${DIRECTIONS.join(', ')}`;
  }
  if (!isBetween(ms, 1, LONGEST)) return `"ms" must be from 1 to ${LONGEST}`;
  if (speed !== undefined && !isBetween(speed, 0, 100)) return '"speed" must be from 0 to 100';
  return { is: 'move', channel, direction: move as PtzDirection, duration: ms, ...(speed !== undefined && { speed }) };
}

function callOf({ operation, params = {} }: Fields, allowed: AllowedCommands): Command | string {
  if (typeof operation !== 'string') return 'must be {"operation": …, "params": {…}}';
  if (!isFields(params)) return '"params" must be an object';
  // Whatever the configuration says: what destroys something is not to be reached from here.
  const { effect } = findOperation(operation) ?? {};
  const isReachable = allowed.call.has(operation) && effect !== undefined && effect !== 'destructive';
  if (!isReachable) return `may not call ${cleanText(operation, limits.text.word)}: "commands.call" does not name it`;
  return { is: 'call', operation, params };
}

/**
 * Does it.
 *
 * @returns what the NVR replied, where that is of interest
 * @throws what the driver throws
 */
export async function carryOut(
  nvr: Nvr,
  command: Command,
  snapshot: (channel: number) => Promise<void>,
  signal: AbortSignal,
): Promise<unknown> {
  switch (command.is) {
    case 'output':
      return void (await nvr.call(
        operations.pinManualSetting,
        { pinID: command.pin, pinValue: command.on ? 1 : 0 },
        { signal },
      ));
    case 'pulse':
      return pulsePin(nvr, command.pin, { duration: command.duration, signal });
    case 'move':
      return movePtz(nvr, command, { signal });
    case 'stop':
      return void (await nvr.call(operations.stopMove, { ChannelID: command.channel }, { signal }));
    case 'preset':
      return gotoPreset(nvr, command.channel, command.preset, signal);
    case 'record': {
      const { channel, on } = command;
      return void (await nvr.call(operations.manualRecord, { channel, command: on ? 'start' : 'stop' }, { signal }));
    }
    case 'snapshot':
      return snapshot(command.channel);
    case 'call':
      return withoutPasswords(await nvr.callByName(command.operation, command.params, { signal }));
  }
}

/** By name, or by token where none has that name. */
async function gotoPreset(nvr: Nvr, ChannelID: number, preset: string, signal: AbortSignal): Promise<void> {
  const { presets } = await nvr.call(operations.getPresets, { ChannelID }, { signal });
  const named = presets.find(({ name }) => name?.toLowerCase() === preset.toLowerCase());
  const preset_token = named?.preset_token ?? preset;
  await nvr.call(operations.gotoPreset, { ChannelID, preset_token }, { signal });
}

/** What became of a command, for the topic of results. */
export interface Outcome {
  readonly id?: string | undefined;
  readonly time: string;
  /** Topic of the command. */
  readonly command: string;
  readonly ok: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly reply?: unknown;
}

/** What a failure is called. */
export function failureOf(error: unknown): Pick<Outcome, 'ok' | 'code' | 'message'> {
  const message = cleanText(error instanceof Error ? error.message : String(error), limits.text.words);
  return { ok: false, code: error instanceof NvrError ? error.code : 'FAILED', message };
}

/** The outcome as a message whose reply no broker would like: it is left out, and said to be. */
export function outcomeWithoutReply(outcome: Outcome, length: number): string {
  const message = `the reply of ${length} characters is too large for a topic`;
  return JSON.stringify({ ...outcome, reply: undefined, message });
}

/** Several reads give passwords away (SDK 2.14, 7.1, 10.24): they are data for the driver, and nothing for a broker. */
export function withoutPasswords(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(withoutPasswords);
  if (!isFields(reply)) return reply;
  return Object.fromEntries(
    Object.entries(reply).map(([name, value]) => [name, isSecret(name) ? '***' : withoutPasswords(value)]),
  );
}

/** Also what the document does not name so: a broker keeps what it gets. */
function isSecret(name: string): boolean {
  return isPassword(name) || /(pass(phrase)?|secret)$/i.test(name);
}

function onOff(text: string, { on, state }: Fields): boolean | undefined {
  const word = [text, on, state]
    .flatMap((one) => (typeof one === 'string' || typeof one === 'boolean' || one === 0 || one === 1 ? [`${one}`] : []))
    .find((one) => /^(on|off|true|false|1|0)$/i.test(one));
  return word === undefined ? undefined : /^(on|true|1)$/i.test(word);
}

function fieldsOf(text: string): Fields | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function isBetween(value: unknown, low: number, high: number): value is number {
  return typeof value === 'number' && value >= low && value <= high;
}
