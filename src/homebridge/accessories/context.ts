import type { Volumes } from '../camera-streaming.js';
import type { VolumeSettings } from '../live/volume-control.js';
import { limits } from '../../shared/internal.js';
import { normaliseMac } from './camera-identity.js';

/** Which configured NVR an accessory belongs to. */
export interface NvrOfAccessory {
  /** Name in the configuration. */
  readonly name: string;
  /** `host:port` in the configuration. */
  readonly address: string;
  /** As the NVR said; absent where it said none. */
  readonly serial?: string;
}

/** Names that the user gave to services in Home, by their subtype. */
export type ChosenNames = Readonly<Record<string, string>>;

/** What Homebridge keeps of a camera, enough to show it before the NVR answers. */
export interface CameraContext {
  readonly kind: 'camera';
  readonly nvr: NvrOfAccessory;
  readonly channel: number;
  /** Lower case, colons; absent where the NVR does not say. */
  readonly mac?: string;
  /** Name at the NVR. */
  readonly name: string;
  readonly names?: ChosenNames;
  /** It has an alarm input, which is shown. */
  readonly input?: true;
  /** How long a healthy NVR has gone without it, ms; absent where it is listed. */
  readonly missingFor?: number;
  /** It stays shown on this channel, which the user has hidden: it was moved there at the NVR. */
  readonly exempt?: number;
  /** As the user left it in Home. */
  readonly microphone?: VolumeSettings;
  readonly speaker?: VolumeSettings;
}

/** A pin of the NVR that is shown. */
export interface KeptPin {
  readonly pin: number;
  /** The name that it had. */
  readonly name: string;
  /** As with cameras. */
  readonly missingFor?: number;
}

/** A camera that the user has hidden, so that it may be the same when it is shown again. */
export interface HiddenCamera {
  /** Of its accessory. */
  readonly uuid: string;
  readonly context: CameraContext;
}

/** What Homebridge keeps of an NVR. */
export interface NvrContext {
  readonly kind: 'nvr';
  readonly nvr: NvrOfAccessory;
  /** DO. */
  readonly outputs: readonly KeptPin[];
  /** DI. */
  readonly inputs: readonly KeptPin[];
  readonly hidden?: readonly HiddenCamera[];
  readonly names?: ChosenNames;
}

/** What Homebridge keeps of the camera that plays what an NVR has recorded. */
export interface PastContext extends Partial<Volumes> {
  readonly kind: 'past';
  readonly nvr: NvrOfAccessory;
  readonly names?: ChosenNames;
}

export type AccessoryContext = CameraContext | NvrContext | PastContext;

/** Of an NVR that has told nothing yet. */
export function nvrContext(nvr: NvrOfAccessory): NvrContext {
  return { kind: 'nvr', nvr, outputs: [], inputs: [] };
}

/** What was kept of an accessory, or `undefined` where it can't be read (another plugin version's, or damaged). */
export function readContext(raw: unknown): AccessoryContext | undefined {
  if (!isRecord(raw)) return undefined;
  const nvr = readNvr(raw.nvr);
  if (!nvr) return undefined;
  const names = readNames(raw.names);
  const { channel, name } = raw;
  if (raw.kind === 'camera' && isNumberOf(channel, 1, limits.nvr.channel) && typeof name === 'string') {
    const { exempt } = raw;
    const mac = typeof raw.mac === 'string' ? normaliseMac(raw.mac) : undefined;
    return {
      kind: 'camera',
      nvr,
      channel,
      ...(mac !== undefined && { mac }),
      name,
      ...(raw.input === true && { input: true as const }),
      ...(isNumberOf(exempt, 1, limits.nvr.channel) && { exempt }),
      ...names,
      ...readAbsence(raw),
      ...readVolume('microphone', raw),
      ...readVolume('speaker', raw),
    };
  }
  if (raw.kind === 'past') {
    return { kind: 'past', nvr, ...names, ...readVolume('microphone', raw), ...readVolume('speaker', raw) };
  }
  const outputs = readPins(raw.outputs);
  // The first version knew no inputs.
  const inputs = readPins(raw.inputs ?? []);
  const hidden = Array.isArray(raw.hidden) ? raw.hidden.slice(0, limits.nvr.cameras).flatMap(readHidden) : [];
  if (raw.kind === 'nvr' && outputs && inputs) return { kind: 'nvr', nvr, outputs, inputs, hidden, ...names };
  return undefined;
}

function readHidden(raw: unknown): HiddenCamera[] {
  // Not the context of an NVR, which would hold such ones again, as deep as somebody likes.
  if (!isRecord(raw) || typeof raw.uuid !== 'string' || !isRecord(raw.context) || raw.context.kind !== 'camera')
    return [];
  const context = readContext(raw.context);
  return context?.kind === 'camera' ? [{ uuid: raw.uuid, context }] : [];
}

function readAbsence({ missingFor }: { missingFor?: unknown }): { missingFor?: number } {
  return typeof missingFor === 'number' && missingFor > 0 ? { missingFor } : {};
}

function readVolume(key: 'microphone' | 'speaker', raw: Record<string, unknown>): Partial<Volumes> {
  const kept = raw[key];
  const { muted, volume } = isRecord(kept) ? kept : {};
  if (typeof muted !== 'boolean' || typeof volume !== 'number' || !(volume >= 0 && volume <= 100)) return {};
  return { [key]: { muted, volume } };
}

function readNames(raw: unknown): { names?: ChosenNames } {
  if (!isRecord(raw)) return {};
  const names = Object.entries(raw).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return names.length > 0 ? { names: Object.fromEntries(names) } : {};
}

function readNvr(raw: unknown): NvrOfAccessory | undefined {
  if (!isRecord(raw) || typeof raw.name !== 'string' || typeof raw.address !== 'string') return undefined;
  const { name, address, serial } = raw;
  return { name, address, ...(typeof serial === 'string' && { serial }) };
}

function readPins(raw: unknown): KeptPin[] | undefined {
  if (!Array.isArray(raw) || raw.length > limits.state.pins || !raw.every(isPin)) return undefined;
  return raw.map((kept) => ({ pin: kept.pin, name: kept.name, ...readAbsence(kept) }));
}

function isPin(raw: unknown): raw is { pin: number; name: string; missingFor?: unknown } {
  return isRecord(raw) && isNumberOf(raw.pin, 0, Number.MAX_SAFE_INTEGER) && typeof raw.name === 'string';
}

function isNumberOf(raw: unknown, least: number, most: number): raw is number {
  return Number.isInteger(raw) && (raw as number) >= least && (raw as number) <= most;
}

function isRecord(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null;
}
