import type { Disk, Interest } from '../../../shared/index.js';
import { InvalidParameterError } from '../../../shared/index.js';
import { folded, textOf, wordsOf } from '../../words.js';
import { inputPin } from '../../../shared/values/index.js';

/** What an NVR event is of. */
export const nvrKinds = ['connection', 'disk', 'exception', 'input', 'output', 'settings', 'metadata'] as const;

export type NvrKind = (typeof nvrKinds)[number];

/** Which events a node sends, as its form stores it. */
export interface WantedConfig {
  /** Kinds, separated by commas; empty: all. */
  readonly kinds?: string;
  /** Types of metadata, exceptions and settings messages, separated by commas; empty: all. */
  readonly types?: string;
  /** Pins of alarm inputs ("1", "DI 1"), separated by commas; empty: all. */
  readonly alarmInputs?: string;
}

export interface Wanted {
  readonly kinds: ReadonlySet<NvrKind>;
  /** Folded; absent: all. */
  readonly types?: ReadonlySet<string>;
  /** Pins; absent: all. */
  readonly inputs?: ReadonlySet<number>;
}

/** @throws InvalidParameterError for a kind that there is not, an input that is no pin, or a list that is no text */
export function readWanted({ kinds = '', types = '', alarmInputs = '' }: WantedConfig): Wanted {
  const words = wordsOf(kinds, 'kinds').map(folded);
  const unknown = words.find((word) => !nvrKinds.some((kind) => kind === word));
  if (unknown !== undefined) {
    throw new InvalidParameterError('kinds', `'${unknown}' is none of ${nvrKinds.join(', ')}`);
  }
  const wantedTypes = wordsOf(types, 'types').map(folded);
  const pins = wordsOf(textOf(alarmInputs, 'alarmInputs'), 'alarmInputs').map((word) => {
    const [, pin] = inputPin.exec(word) ?? [];
    if (pin === undefined)
      throw new InvalidParameterError('alarmInputs', `'${word}' is not the number of an alarm input`);
    return Number(pin);
  });
  return {
    kinds: new Set(nvrKinds.filter((kind) => words.length === 0 || words.includes(kind))),
    ...(wantedTypes.length > 0 && { types: new Set(wantedTypes) }),
    ...(pins.length > 0 && { inputs: new Set(pins) }),
  };
}

/** What the driver has to be asked for. Without any event it still hears at once when the NVR is gone. */
export function interestOf({ kinds }: Wanted): Interest {
  return {
    events: { types: [] },
    pins: kinds.has('input') || kinds.has('output'),
    disks: kinds.has('disk'),
    list: kinds.has('metadata') || kinds.has('settings'),
  };
}

/** Whether a disk does its work. */
export function isWell({ active, exception }: Disk): boolean {
  return active && exception === undefined;
}

/** The disks that differ from what was known of them, and those that are gone. */
export function diskChanges(
  before: readonly Disk[] | undefined,
  now: readonly Disk[],
): readonly { readonly disk: Disk; readonly present: boolean; readonly first: boolean }[] {
  const keyOf = ({ slot, device }: Disk) => slot || device;
  const known = new Map(before?.map((disk) => [keyOf(disk), disk]));
  const there = new Set(now.map(keyOf));
  const isSame = (one: Disk | undefined, other: Disk) =>
    one !== undefined &&
    one.active === other.active &&
    one.exception === other.exception &&
    one.device === other.device &&
    one.model === other.model;
  return [
    ...now
      .filter((disk) => !isSame(known.get(keyOf(disk)), disk))
      .map((disk) => ({ disk, present: true, first: before === undefined })),
    ...[...known.values()]
      .filter((disk) => !there.has(keyOf(disk)))
      .map((disk) => ({ disk, present: false, first: false })),
  ];
}

/** FTP's passive mode and a bypassed zone are none. */
const SECRET = /passw(?:or)?d|passphrase|passcode|(?<!by|com)pass$|pwd|secret|token|key$/i;

/** What the NVR says of its settings, without passwords: a message is shown, stored and sent on. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (SECRET.test(name) ? [] : [[name, withoutSecrets(inner)]])),
  );
}
