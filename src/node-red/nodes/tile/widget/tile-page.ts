import type { PtzWord, TileEvent, TileHours, TileNow, TilePreset, TileProps } from '../pieces.js';
import { mediaSource } from './codec.js';
import { type Range, rangeOf, type Span } from './hours-shown.js';
import { pageClock, type PageTimer } from './page-clock.js';
import type { Piece } from './piece-reader.js';
import { Press } from './press.js';
import { Screen } from './screen.js';
import { ServerError, TileServer } from './server.js';
import { wallAt } from './wall.js';

/** ms between two looks at the recorder while the newest hours are shown. */
const LOOK = 60_000;
/** ms between two pictures where there is nothing better. */
const PICTURE = 2000;
/** s of a recording that are fetched ahead. */
const AHEAD = 8;
/** Times that a browser may fail to show a video before it is given something simpler. */
const PATIENCE = 3;
/** Events that are remembered since the page was opened. */
const HEARD = 500;

/** What a tile shows; its view is made of this alone. */
export interface TileView {
  now: TileNow;
  /** Why there is no picture, or what failed. */
  problem: string;
  /** What takes the place of a video that the browser cannot play. */
  simple: '' | 'live.mjpeg' | 'picture.jpg';
  /** Counts single pictures. */
  picture: number;
  mode: 'live' | 'playback';
  paused: boolean;
  /** There is a picture. */
  shows: boolean;
  /** Recorded time of what is played, ms since 1970 UTC. */
  position: number | undefined;
  hours: TileHours | undefined;
  heard: TileEvent[];
  span: Span;
  /** Where the hours end; `undefined`: now. */
  end: number | undefined;
  /** ms by which the NVR's clock is ahead of the browser's. */
  ahead: number;
  presets: readonly TilePreset[];
  /** Whether the camera can be turned, as far as is known. */
  turns: boolean;
  /** Whether the pad is shown. */
  pad: boolean;
  taking: boolean;
}

export function emptyView(): TileView {
  return {
    ...{ now: { active: [] }, problem: '', simple: '', picture: 0, mode: 'live', paused: false, shows: false },
    ...{ position: undefined, hours: undefined, heard: [], span: 6, end: undefined, ahead: 0 },
    ...{ presets: [], turns: false, pad: false, taking: false },
  };
}

/** What a tile does on its page. */
export class TilePage {
  readonly view: TileView;
  readonly server: TileServer;
  readonly #id: string;
  readonly #props: TileProps;
  #video: HTMLVideoElement | undefined;
  #screen: Screen | undefined;
  #playing: AbortController | undefined;
  #leave: (() => void) | undefined;
  #failures = 0;
  #timers = new Map<string, PageTimer>();
  #press: Press | undefined;
  #asked = 0;

  /** @param view kept up to date */
  constructor(view: TileView, id: string, props: TileProps) {
    this.view = view;
    this.#id = id;
    this.#props = props;
    this.server = new TileServer(props.root, id);
    if (!mediaSource()) view.simple = 'live.mjpeg';
  }

  open(video: HTMLVideoElement): void {
    this.#video = video;
    video.muted = true;
    video.addEventListener('timeupdate', this.#moved);
    this.#leave = wallAt(this.#props.root).join(this.#id, {
      piece: (piece) => this.#take(piece),
      lost: (error) => this.#say(error),
    });
    this.look();
    if (this.#props.ptz !== 'never') void this.#findPresets();
  }

  close(): void {
    this.#leave?.();
    this.#press?.release();
    this.#playing?.abort();
    this.#screen?.close();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#video?.removeEventListener('timeupdate', this.#moved);
  }

  /** Time of the NVR, ms since 1970 UTC. */
  get now(): number {
    return pageClock.wall() + this.view.ahead;
  }

  get range(): Range {
    return rangeOf(this.view.span, this.view.end, this.now);
  }

  /** Reads what the recorder has of the hours that are shown, and again while they go on. */
  look(): void {
    const asked = ++this.#asked;
    const { from, to } = this.range;
    this.server.hours(from, to).then(
      (hours) => {
        if (asked !== this.#asked) return;
        this.view.hours = hours;
        this.view.ahead = hours.now - pageClock.wall();
      },
      (error: unknown) => asked === this.#asked && this.#say(error),
    );
    this.#after('look', LOOK, () => this.look());
  }

  /** Shows so many hours. */
  zoom(span: Span): void {
    this.view.span = span;
    this.look();
  }

  /** Shows the hours before, or after. */
  turnTo(direction: -1 | 1): void {
    const { from, to } = this.range;
    const end = to + direction * (to - from);
    this.view.end = end >= this.now ? undefined : end;
    this.look();
  }

  /** Plays from a time on. */
  play(time: number): void {
    const { view } = this;
    if (time >= this.now - 5000) return this.live();
    this.#playing?.abort();
    const playing = new AbortController();
    this.#playing = playing;
    Object.assign(view, { mode: 'playback', position: time, paused: false, problem: '' });
    const screen = this.#fresh(false);
    void this.#playFrom(time, screen, playing.signal).catch((error: unknown) => {
      if (!playing.signal.aborted) this.#say(error);
    });
  }

  /** Back to what the camera shows now. */
  live(): void {
    this.#playing?.abort();
    this.#playing = undefined;
    Object.assign(this.view, { mode: 'live', position: undefined, paused: false, problem: '' });
    this.#fresh(true);
    // For the begin of the video.
    this.#rejoin();
  }

  pause(): void {
    const video = this.#video;
    if (!video || this.view.mode === 'live') return;
    this.view.paused = !this.view.paused;
    if (this.view.paused) video.pause();
    else void video.play().catch(() => undefined);
  }

  press(direction: PtzWord): void {
    this.#press?.release();
    this.#press = new Press(this.server, direction, (error) => this.#say(error));
  }

  async goTo(preset: string): Promise<void> {
    await this.server.turn({ do: 'preset', preset }).catch((error: unknown) => this.#say(error));
  }

  /** @param save hands the picture to the user */
  async snapshot(save: (picture: Blob, time: number) => void): Promise<void> {
    this.view.taking = true;
    try {
      const picture = await this.server.snapshot();
      if (this.#props.snapshot !== 'message') save(picture, this.now);
    } catch (error) {
      this.#say(error);
    } finally {
      this.view.taking = false;
    }
  }

  /** An image in place of the video could not be shown. */
  simpler(): void {
    this.view.simple = 'picture.jpg';
    this.#after('picture', PICTURE, () => {
      this.view.picture += 1;
    });
  }

  /** An image was shown. */
  again(): void {
    this.view.shows = true;
    if (this.view.simple === 'picture.jpg') this.simpler();
  }

  async #playFrom(time: number, screen: Screen | undefined, signal: AbortSignal): Promise<void> {
    for await (const piece of this.server.play(time, signal)) {
      if (piece.kind === 'news') this.#hear(piece.news);
      else this.#show(piece, screen);
      while (screen && screen.ahead > AHEAD && !signal.aborted) await pause(250);
    }
  }

  #take(piece: Piece): void {
    if (piece.kind === 'news') return this.#hear(piece.news);
    if (this.view.mode === 'live' && this.view.simple === '') this.#show(piece, this.#screen ?? this.#fresh(true));
  }

  #show(piece: Exclude<Piece, { kind: 'news' }>, screen: Screen | undefined): void {
    if (piece.kind === 'start') screen?.start(piece.data);
    else screen?.fragment(piece.time, piece.data);
    if (this.view.problem !== '' && piece.kind === 'fragment') this.view.problem = '';
  }

  /** An empty screen in place of what is shown. */
  #fresh(live: boolean): Screen | undefined {
    this.#screen?.close();
    this.view.shows = false;
    const video = this.#video;
    if (!video || !mediaSource()) return undefined;
    this.#screen = new Screen(video, live, () => this.#unplayable());
    void video.play().catch(() => undefined);
    return this.#screen;
  }

  #unplayable(): void {
    this.#screen = undefined;
    this.#failures += 1;
    if (this.view.mode === 'playback') return this.#say(new ServerError('CODEC', ''));
    if (this.#failures >= PATIENCE) this.view.simple = 'live.mjpeg';
    else this.#rejoin();
  }

  /** Live video from its begin. */
  #rejoin(): void {
    this.#leave?.();
    this.#leave = wallAt(this.#props.root).join(this.#id, {
      piece: (piece) => this.#take(piece),
      lost: (error) => this.#say(error),
    });
  }

  #hear(news: Extract<Piece, { kind: 'news' }>['news']): void {
    const { view } = this;
    if ('problem' in news) return this.#say(new ServerError(news.problem.code, news.problem.message));
    if ('ended' in news) return this.#say(new ServerError('ENDED', ''));
    const before = view.now.active;
    view.now = news.now;
    for (const kind of news.now.active) {
      if (!before.includes(kind)) view.heard = [...view.heard.slice(-HEARD), { kind, from: this.now }];
    }
    view.heard = view.heard.map((event) =>
      event.to === undefined && !news.now.active.includes(event.kind) ? { ...event, to: this.now } : event,
    );
  }

  #say(error: unknown): void {
    if (error === undefined) return;
    const known = error instanceof ServerError ? error : undefined;
    this.view.problem = known ? `${known.code}\n${known.message}` : 'OFFLINE\n';
  }

  async #findPresets(): Promise<void> {
    const { view } = this;
    if (this.#props.ptz === 'always') view.turns = true;
    try {
      view.presets = await this.server.presets();
      view.turns = true;
    } catch {
      // It cannot be turned; or, where the node says that it can, it has no presets.
    }
  }

  readonly #moved = (): void => {
    this.view.shows = true;
    if (this.view.mode === 'playback') this.view.position = this.#screen?.position ?? this.view.position;
  };

  #after(what: string, ms: number, action: () => void): void {
    this.#timers.get(what)?.cancel();
    this.#timers.set(what, pageClock.after(ms, action));
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => void pageClock.after(ms, resolve));
