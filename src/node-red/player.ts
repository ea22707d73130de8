import {
  type Clock,
  ClosedError,
  type Frame,
  InvalidParameterError,
  type LocalClock,
  type Nvr,
  type Playback,
  type StreamName,
  systemClock,
} from '../shared/index.js';
import type { ActionCall } from './actions/action.js';
import { frameMessage } from './frame-message.js';
import { FramePacer, type PaceOptions } from './frame-pacer.js';
import { topicOf } from './message-names.js';
import { courseOf, type PlayerCommand } from './playback-command.js';

/** What is played, and how. */
export interface Program extends PaceOptions {
  readonly channel: number;
  /** Its name, where it is known. */
  readonly camera?: string | undefined;
  readonly stream: StreamName;
  readonly from: Date;
  /** `undefined`: until it is stopped, or nothing more is recorded. */
  readonly to?: Date | undefined;
  /** s between two reports of the position; `undefined`: none but those of changes. */
  readonly report?: number | undefined;
  /** For the status. */
  readonly clock: LocalClock;
}

/** What a report says. */
export type PlayerState = 'playing' | 'paused' | 'silent' | 'interrupted' | 'ended';

/** Commands but those that begin or move to a time, which only their sender can read. */
type Command = Exclude<PlayerCommand, { readonly do: 'start' | 'seek' }>;

/** ms between two changes of the status. */
const PACE = 1000;

/** One playback as messages: frames as they come, and where it is. */
export class Player {
  readonly #playback: Playback;
  readonly #program: Program;
  readonly #call: ActionCall;
  readonly #timing: Clock;
  readonly #pacer: FramePacer;
  #state: PlayerState = 'playing';
  #speed = 1;
  /** Recorded time of the picture that came last, ms since 1970 UTC. */
  #position: number | undefined;
  #sent = 0;
  /** Pictures that came since the last status. */
  #fresh = 0;
  #nextStatus = -Infinity;
  #nextReport = -Infinity;

  /** @param signal closes it; @throws InvalidParameterError, ClosedError */
  constructor(client: Nvr, program: Program, call: ActionCall, signal: AbortSignal, timing: Clock = systemClock) {
    const { channel, stream, from } = program;
    this.#program = program;
    this.#call = call;
    this.#timing = timing;
    this.#pacer = new FramePacer(program);
    this.#playback = client.playback({ channel, stream, from, signal });
  }

  /** Whether nothing more comes of it. */
  get isOver(): boolean {
    return this.#state === 'ended';
  }

  /** Begins. */
  start(): void {
    this.#playback.subscribe({
      frame: (frame) => this.#frame(frame),
      interrupted: () => this.#changed('interrupted'),
      resumed: () => this.#changed('playing'),
      silent: () => this.#changed('silent'),
      ended: (error) => this.#ended(error),
    });
  }

  /** @throws InvalidParameterError; NvrError where the NVR does not do it */
  async control(command: Command): Promise<void> {
    switch (command.do) {
      case 'play':
        await this.#go(1);
        return;
      case 'backward':
        await this.#go(-1);
        return;
      case 'speed':
        await this.#go(command.speed);
        return;
      case 'pause':
        await this.#playback.pause();
        this.#state = 'paused';
        return;
      case 'step':
        await this.#playback.stepForward();
        this.#state = 'paused';
        return;
      case 'stepBack':
        await this.#playback.stepBackward();
        this.#state = 'paused';
        return;
      case 'stop':
        // That is what every NVR understands; the reply says it.
        this.#state = 'ended';
        this.#call.show(undefined);
        this.#playback.close();
        return;
    }
  }

  /** Shows the picture of a time, and pauses. */
  async seek(time: Date): Promise<void> {
    await this.#playback.seek(time);
    this.#state = 'paused';
  }

  close(): void {
    this.#playback.close();
  }

  /** Where it is. */
  get report(): Record<string, unknown> {
    const { channel, camera } = this.#program;
    return {
      ...{ state: this.#state, channel, ...(camera && { camera }), speed: this.#speed },
      ...(this.#position !== undefined && { time: new Date(this.#position) }),
      ...{ frames: this.#sent, dropped: this.#pacer.dropped },
    };
  }

  async #go(speed: number): Promise<void> {
    const { direction, pace, factor } = courseOf(speed);
    const playback = this.#playback;
    const isForward = direction === 'forward';
    if (pace === 'fast') await (isForward ? playback.fastForward(factor) : playback.fastBackward(factor));
    else if (pace === 'slow') await (isForward ? playback.slowForward(factor) : playback.slowBackward(factor));
    else await (isForward ? playback.play() : playback.backward());
    this.#speed = speed;
    this.#state = 'playing';
  }

  #frame(frame: Frame): void {
    if (this.isOver) return;
    if (this.#isPast(frame.timestamp)) return this.#playback.close();
    if (this.#state === 'silent') this.#state = 'playing';
    if (frame.kind === 'video') this.#position = frame.timestamp;
    const now = this.#timing.now();
    if (this.#pacer.passes(frame, now)) {
      if (frame.kind === 'video') {
        this.#sent += 1;
        this.#fresh += 1;
      }
      const { nvr } = this.#call;
      const { channel, camera } = this.#program;
      this.#call.send(frameMessage(frame, { operation: 'playRecording', nvr, channel, camera }));
    }
    this.#status(now);
    this.#reportInTime(now);
  }

  /** Whether the end of what was asked for is reached, in the direction in which it plays. */
  #isPast(timestamp: number): boolean {
    const { from, to } = this.#program;
    if (this.#speed > 0) return to !== undefined && timestamp >= to.getTime();
    // The picture that it began with may be some seconds older.
    return timestamp < from.getTime() - 60_000;
  }

  /** Of changes that nobody asked for. */
  #changed(state: PlayerState): void {
    if (this.#state === state || this.isOver) return;
    this.#state = state;
    this.#tell();
    if (state !== 'playing') this.#call.show(state);
  }

  #ended(error: Error | undefined): void {
    if (this.isOver) return;
    this.#state = 'ended';
    this.#call.show(undefined);
    // A deploy, here or at the NVR, ends it without a word.
    if (error instanceof ClosedError) return;
    this.#tell();
    if (error) this.#call.fail(error);
  }

  #tell(): void {
    const { nvr } = this.#call;
    const { channel, camera } = this.#program;
    const place = { channel, ...(camera && { camera }) };
    this.#call.send({
      topic: topicOf(nvr, camera ?? String(channel), 'playback'),
      payload: this.report,
      everfocus: { operation: 'playRecording', nvr, ...place, time: new Date(this.#timing.wall()) },
    });
  }

  #status(now: number): void {
    if (now < this.#nextStatus || this.#position === undefined) return;
    const since = Math.min(PACE * 2, now - this.#nextStatus + PACE);
    const fps = Number.isFinite(since) ? Math.round((this.#fresh * 1000) / since) : 0;
    const time = new Date(this.#program.clock.shownAt(this.#position)).toISOString().slice(11, 19);
    this.#call.show(fps > 0 ? `${time} ${fps} fps` : time);
    this.#nextStatus = now + PACE;
    this.#fresh = 0;
  }

  #reportInTime(now: number): void {
    const { report } = this.#program;
    if (report === undefined || now < this.#nextReport) return;
    this.#nextReport = now + report * 1000;
    this.#tell();
  }
}

/** Players by the node whose they are: a node plays one recording at a time. */
const players = new WeakMap<object, Player>();

/** Begins a playback in place of the one that the node plays. */
export function play(client: Nvr, program: Program, call: ActionCall, signal: AbortSignal): Player {
  players.get(call.node)?.close();
  const player = new Player(client, program, call, signal);
  players.set(call.node, player);
  player.start();
  return player;
}

/** What the node plays. @throws InvalidParameterError where it plays nothing */
export function playerOf(node: object): Player {
  const player = players.get(node);
  if (player && !player.isOver) return player;
  throw new InvalidParameterError('command', 'nothing is played: "start" comes first');
}
