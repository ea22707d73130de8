import { InvalidParameterError, type NvrEvent } from '../../../shared/index.js';
import { folded, wordsOf } from '../../words.js';

/** Which events a node passes on, as its form stores it. Empty lets everything through. */
export interface EventFilterConfig {
  /** Channel numbers, separated by commas. */
  readonly channels?: string;
  /** Event types, separated by commas. */
  readonly types?: string;
  /** One state. */
  readonly state?: string;
}

/** Sets that are absent let everything through. */
export interface EventFilter {
  readonly channels?: ReadonlySet<number>;
  /** Names as configured, by their folded form. */
  readonly types?: ReadonlyMap<string, string>;
  readonly state?: NvrEvent['state'];
}

/** @throws InvalidParameterError when a channel is no number, the state none of the three, or a list no text */
export function readFilter({ channels = '', types = '', state = '' }: EventFilterConfig): EventFilter {
  const channelList = wordsOf(channels, 'channels');
  const typeList = wordsOf(types, 'types');
  const wrong = channelList.find((channel) => !/^\d+$/.test(channel));
  if (wrong !== undefined) throw new InvalidParameterError('channels', `'${wrong}' is not a channel number`);
  if (state !== '' && !isState(state)) throw new InvalidParameterError('state', `'${state}' is not a state`);
  return {
    ...(channelList.length > 0 && { channels: new Set(channelList.map(Number)) }),
    ...(typeList.length > 0 && { types: new Map(typeList.map((type) => [folded(type), type])) }),
    ...(state !== '' && { state }),
  };
}

/** Type names are compared without regard to case: devices are not consistent. */
export function passes(filter: EventFilter, event: NvrEvent): boolean {
  return (
    (filter.channels?.has(event.channel) ?? true) &&
    (filter.types?.has(folded(event.type)) ?? true) &&
    (filter.state === undefined || filter.state === event.state)
  );
}

/** What is known of a channel's events before any has been reported. */
export interface FirstState {
  readonly channel: number;
  /** Absent where the NVR tells only that some event, or none, is active. */
  readonly type?: string;
  readonly state: 'active' | 'inactive';
}

/** What the state of the NVR tells first, where the filter lets it through. */
export function firstState(
  filter: EventFilter,
  { channel, type, active }: { readonly channel: number; readonly type?: string; readonly active: boolean },
): FirstState | undefined {
  const state = active ? 'active' : 'inactive';
  if (filter.state !== undefined && filter.state !== state) return undefined;
  return { channel, ...(type !== undefined && { type }), state };
}

function isState(text: string): text is NvrEvent['state'] {
  return text === 'active' || text === 'inactive' || text === 'once';
}
