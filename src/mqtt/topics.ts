import type { AllowedCommands } from './config/read.js';

/** What a command is for, by the last levels of its topic. */
export type CommandTarget =
  | { readonly is: 'output'; readonly pin: number }
  | { readonly is: 'ptz' | 'record' | 'snapshot'; readonly channel: number }
  | { readonly is: 'call' };

/** Longest level that is made of a text of the NVR's, UTF-16 units. */
const MAX_LEVEL = 64;

/**
 * A text from outside as one level of a topic, and part of Home Assistant's ids: letters, digits, `-` and `_`. Whatever
 * else it holds, `+`, `#`, `/` and NUL among it, becomes `_`. Empty where nothing is left.
 */
export function levelOf(text: string): string {
  return text
    .slice(0, 4 * MAX_LEVEL)
    .trim()
    .replace(/[^A-Za-z0-9-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, MAX_LEVEL);
}

/** Leaves of a channel that are no states of events. */
const TAKEN = new Set(['status', 'event', 'snapshot', 'ptz', 'record', 'recording']);

/** `VideoLoss` → `video_loss`: an event's type as the leaf of its state. Empty where it holds no letter or digit. */
export function kindOf(type: string): string {
  const kind = levelOf(type.replace(/([a-z\d])([A-Z])/g, '$1_$2')).toLowerCase();
  return TAKEN.has(kind) ? `${kind}_event` : kind;
}

/** Kinds that a camera has from the beginning. */
export function firstKinds(events: readonly string[]): readonly string[] {
  return [...new Set([...events.map(kindOf).filter(Boolean), 'recording'])];
}

/** Topics of a site. */
export class SiteTopics {
  /** What all of them begin with, followed by `/`. */
  readonly base: string;

  constructor(prefix: string, site: string) {
    this.base = `${prefix}/${site}`;
  }

  get status(): string {
    return `${this.base}/status`;
  }

  /** @param id what stays when addresses change */
  nvr(id: string): NvrTopics {
    return new NvrTopics(`${this.base}/${id}`);
  }

  /** The NVR and the rest of a topic that one of {@link NvrTopics.commands} fits. */
  parse(topic: string): { readonly nvr: string; readonly target: CommandTarget } | undefined {
    if (!topic.startsWith(`${this.base}/`)) return undefined;
    const [nvr = '', ...levels] = topic.slice(this.base.length + 1).split('/');
    const target = targetOf(levels);
    return target && { nvr, target };
  }
}

function targetOf(levels: readonly string[]): CommandTarget | undefined {
  const [first, number = '', what, set] = levels;
  if (first === 'call' && levels.length === 1) return { is: 'call' };
  if (!/^[1-9]\d{0,4}$/.test(number)) return undefined;
  if (first === 'do' && what === 'set' && levels.length === 3) return { is: 'output', pin: Number(number) };
  if (first !== 'ch' || set !== 'set' || levels.length !== 4) return undefined;
  if (what !== 'ptz' && what !== 'record' && what !== 'snapshot') return undefined;
  return { is: what, channel: Number(number) };
}

/** Topics of one NVR. */
export class NvrTopics {
  readonly base: string;

  constructor(base: string) {
    this.base = base;
  }

  get status(): string {
    return `${this.base}/status`;
  }

  get info(): string {
    return `${this.base}/info`;
  }

  get health(): string {
    return `${this.base}/health`;
  }

  /** Outcomes of commands. */
  get result(): string {
    return `${this.base}/result`;
  }

  /** @param leaf `status`, `event`, `snapshot`, or the kind of a state */
  channel(channel: number, leaf: string): string {
    return `${this.base}/ch/${channel}/${leaf}`;
  }

  output(pin: number): string {
    return `${this.base}/do/${pin}`;
  }

  input(pin: number): string {
    return `${this.base}/di/${pin}`;
  }

  /** What is to be listened to for commands, where they are switched on. */
  commands(allowed: AllowedCommands): readonly string[] {
    return [
      ...(allowed.outputs ? [`${this.base}/do/+/set`] : []),
      ...(['ptz', 'record', 'snapshot'] as const).flatMap((what) =>
        allowed[what] ? [`${this.base}/ch/+/${what}/set`] : [],
      ),
      ...(allowed.call.size > 0 ? [`${this.base}/call`] : []),
    ];
  }
}
