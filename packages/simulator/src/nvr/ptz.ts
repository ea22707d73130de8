import type { Clock } from '../../../../src/shared/clock.js';
import { Refusal } from './refusal.js';

/** Pan and tilt from -1 (left, down) to 1, zoom from 0 (wide) to 1. */
export interface PtzPosition {
  readonly pan: number;
  readonly tilt: number;
  readonly zoom: number;
}

export type PtzMove = 'tilt_up' | 'tilt_down' | 'pan_left' | 'pan_right' | 'zoom_in' | 'zoom_out';

/** Where a camera looks, and what it does. */
export interface PtzState extends PtzPosition {
  /** The move that goes on until it is stopped. */
  readonly moving: PtzMove | undefined;
  /** Whether a tour is running. */
  readonly touring: boolean;
}

export interface Preset {
  readonly name: string;
  readonly preset_token: string;
}

/** A stop of a tour; `time`: s */
export interface TourStop extends Preset {
  readonly time: number;
}

/** Per second at speed 1. */
const directions: Readonly<Record<PtzMove, Partial<PtzPosition>>> = {
  tilt_up: { tilt: 1 },
  tilt_down: { tilt: -1 },
  pan_left: { pan: -1 },
  pan_right: { pan: 1 },
  zoom_in: { zoom: 1 },
  zoom_out: { zoom: -1 },
};
/** Where the document names none. */
const DEFAULT_SPEED = 0.1;
const HOME: PtzPosition = { pan: 0, tilt: 0, zoom: 0 };

/** Pan, tilt and zoom of one camera: no timers, the position follows from the clock. It reaches a preset at once. */
export class Ptz {
  readonly #clock: Clock;
  readonly #presets = new Map<string, { readonly name: string; readonly position: PtzPosition }>();
  #made = 0;
  #from: PtzPosition = HOME;
  #move: { readonly command: PtzMove; readonly speed: number; readonly since: number } | undefined;
  #tour: readonly TourStop[] = [];
  /** ms since 1970 UTC; `undefined` while no tour is running */
  #tourSince: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get state(): PtzState {
    return { ...this.#position, moving: this.#move?.command, touring: this.#tourSince !== undefined };
  }

  get presets(): readonly Preset[] {
    return [...this.#presets].map(([preset_token, { name }]) => ({ name, preset_token }));
  }

  get tourPresets(): readonly Preset[] {
    return this.#tour.map(({ name, preset_token }) => ({ name, preset_token }));
  }

  move(command: PtzMove, speed = DEFAULT_SPEED): void {
    this.#rest(this.#position);
    this.#move = { command, speed, since: this.#clock.now() };
  }

  /** Ends moves; a tour goes on (2.15 ends it). */
  stop(): void {
    if (this.#move) this.#rest(this.#position);
  }

  /** @returns the token @throws {@link Refusal} where there is none to be set anew */
  setPreset(name: string, token?: string): string {
    if (token !== undefined) this.#at(token);
    const stored = token ?? this.#newToken();
    this.#presets.set(stored, { name, position: this.#position });
    return stored;
  }

  /** A tour goes on without it. @throws {@link Refusal} */
  removePreset(token: string): void {
    this.#at(token);
    const position = this.#position;
    this.#presets.delete(token);
    const rest = this.#tour.filter(({ preset_token }) => preset_token !== token);
    if (rest.length === this.#tour.length) return;
    this.#tour = rest;
    if (rest.length === 0) this.#rest(position);
  }

  /** @throws {@link Refusal} */
  gotoPreset(token: string): void {
    this.#rest(this.#at(token).position);
  }

  /** No stops: the tour is cleared (2.14). @throws {@link Refusal} where a stop is no preset */
  startTour(stops: readonly TourStop[]): void {
    for (const { preset_token } of stops) this.#at(preset_token);
    this.#rest(this.#position);
    this.#tour = structuredClone(stops);
    if (stops.length > 0) this.#tourSince = this.#clock.now();
  }

  stopTour(): void {
    if (this.#tourSince !== undefined) this.#rest(this.#position);
  }

  #rest(position: PtzPosition): void {
    this.#from = position;
    this.#move = undefined;
    this.#tourSince = undefined;
  }

  #newToken(): string {
    this.#made += 1;
    return String(this.#made);
  }

  #at(token: string) {
    const preset = this.#presets.get(token);
    if (!preset) throw new Refusal(`preset_token=${token}: no such preset`);
    return preset;
  }

  get #position(): PtzPosition {
    if (this.#tourSince !== undefined) return this.#tourPosition(this.#clock.now() - this.#tourSince);
    if (!this.#move) return this.#from;
    const { command, speed, since } = this.#move;
    const way = (speed * (this.#clock.now() - since)) / 1000;
    const { pan = 0, tilt = 0, zoom = 0 } = directions[command];
    return {
      pan: between(-1, this.#from.pan + pan * way, 1),
      tilt: between(-1, this.#from.tilt + tilt * way, 1),
      zoom: between(0, this.#from.zoom + zoom * way, 1),
    };
  }

  /** @param elapsed ms since the tour began */
  #tourPosition(elapsed: number): PtzPosition {
    const round = this.#tour.reduce((sum, { time }) => sum + time, 0) * 1000;
    let left = round > 0 ? elapsed % round : 0;
    const stop = this.#tour.find(({ time }) => {
      left -= time * 1000;
      return left < 0;
    });
    return this.#at((stop ?? this.#tour[0])?.preset_token ?? '').position;
  }
}

function between(minimum: number, value: number, maximum: number): number {
  return Math.min(maximum, Math.max(minimum, value));
}
