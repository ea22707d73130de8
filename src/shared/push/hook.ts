import { parseDocuments } from '../wire/parse-json.js';
import { cleanText } from '../clean-text.js';
import type { Timer } from '../clock.js';
import { ClosedError, endsConnection, type NvrError, ReplyTooLargeError } from '../errors.js';
import { type LimitName, limits } from '../limits.js';
import { Fifo, newest, newestOfEach } from './backlog.js';
import { type ConnectionChange, type MessageStream, openStream, type StreamOptions } from './message-stream.js';
import { ReconnectingSocket, type SocketEnvironment } from '../link/reconnecting-socket.js';
import { tell } from './tell.js';

/** Ends a subscription; ending it twice is fine. */
export interface Subscription {
  close(): void;
}

export interface HookListener<Message> {
  message(message: Message): void;
  /** Also called at once for a subscriber who comes while the hook is connected. */
  connected?(): void;
  /**
   * Nothing that was reported before is to be believed any more. Also called at once for a subscriber who comes after
   * the hook has stopped for good (rejected login, untrusted certificate).
   */
  disconnected?(error: NvrError | undefined): void;
  /** The client was closed. */
  closed?(): void;
}

export interface HookOptions<Message> {
  /** ms without a message after which the connection counts as dead; none where silence is normal. */
  readonly silenceLimit?: number;
  /** Messages of the same key replace each other in a stream that keeps the latest. By default all do. */
  keyOf?(message: Message): string;
  /** What a message is called; those that were told are remembered. */
  typeOf?(message: Message): string;
  /** The limit that a message exceeds, which is then passed over. */
  exceeds?(message: Message): LimitName | undefined;
  /** Messages may hold passwords: not even one that cannot be understood is logged. */
  readonly confidential?: boolean;
}

/** Messages that wait for the reader of a stream that does not say. */
const DEFAULT_QUEUE = 1000;

/** What the messages of all hooks of an NVR may cost, so that five floods are no worse than one. */
class WorkBudget {
  #since = 0;
  #work = 0;
  /** ms, by hook. */
  #each = new Map<object, number>();

  /**
   * @param cost ms of work
   * @returns whether it is used up, in the running window. A flood of one hook leaves the others something.
   */
  spend(hook: object, now: number, cost: number): boolean {
    const { work, share, window } = limits.hook;
    if (now - this.#since > window) {
      this.#since = now;
      this.#work = 0;
      this.#each.clear();
    }
    const own = (this.#each.get(hook) ?? 0) + cost;
    this.#each.set(hook, own);
    this.#work += cost;
    return this.#work >= work && own >= share;
  }
}

const budgets = new WeakMap<SocketEnvironment, WorkBudget>();

function budgetOf(environment: SocketEnvironment): WorkBudget {
  const budget = budgets.get(environment) ?? new WorkBudget();
  budgets.set(environment, budget);
  return budget;
}

/**
 * One push WebSocket of the NVR, shared: opened for the first subscriber, closed with the last.
 * A message that cannot be understood is counted, logged once and never closes the socket.
 */
export class Hook<Message> {
  readonly #environment: SocketEnvironment;
  readonly #path: string;
  readonly #messagesIn: (document: unknown) => readonly Message[];
  readonly #options: HookOptions<Message>;
  readonly #listeners = new Set<HookListener<Message>>();
  #socket: ReconnectingSocket | undefined;
  #connected = false;
  /** Why the hook tries no more. */
  #final: NvrError | undefined;
  #misunderstood = 0;
  /** Bytes of the entry that is being told. */
  #size = 0;
  readonly #budget: WorkBudget;
  /** What came while the hook rests: as much as the network had handed over already. */
  readonly #waiting = new Fifo<Buffer>();
  /** Whether the newest message was understood. */
  #understood = false;
  /** Messages that may still be told at once, and when that was. */
  #credit: number = limits.hook.burst;
  #creditAt = 0;
  #rest: Timer | undefined;
  readonly #types = new Set<string>();

  /** @internal */
  constructor(
    environment: SocketEnvironment,
    path: string,
    read: (document: unknown) => readonly Message[],
    options: HookOptions<Message> = {},
  ) {
    this.#environment = environment;
    this.#budget = budgetOf(environment);
    this.#path = path;
    this.#messagesIn = read;
    this.#options = options;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Messages that could not be understood, since the client was made. */
  get misunderstood(): number {
    return this.#misunderstood;
  }

  /** What was told is called, as the NVR writes it, since the client was made: the newest 64 types. @internal */
  get types(): readonly string[] {
    return [...this.#types];
  }

  subscribe(listener: HookListener<Message>): Subscription {
    // A wrapper, so that one listener object may subscribe twice.
    const entry: HookListener<Message> = {
      message: (message) => listener.message(message),
      connected: () => listener.connected?.(),
      disconnected: (error) => listener.disconnected?.(error),
      closed: () => listener.closed?.(),
    };
    this.#listeners.add(entry);
    const { logger } = this.#environment;
    if (this.#connected) tell([entry], logger, () => entry.connected?.());
    else if (this.#final) tell([entry], logger, () => entry.disconnected?.(this.#final));
    this.#socket ??= this.#open();
    return { close: () => this.#unsubscribe(entry) };
  }

  /**
   * The messages for `for await`, whose reader may be slow. `queue`: `latest` keeps the newest message of each kind (event
   * type of a channel, status as a whole, …), a number keeps so many (default 1,000). With `connection` it also tells when
   * the connection is lost, which makes what was read before doubtful, and when it is back; a second `connected: true` in
   * a row means that it was lost in between. Without, a lost connection shows in {@link connected} only. Rejects with the
   * signal's reason or a fatal error.
   *
   * @throws `INVALID_PARAMETER`
   */
  stream(options: StreamOptions & { readonly connection: true }): MessageStream<Message | ConnectionChange>;
  stream(options?: StreamOptions): MessageStream<Message>;
  stream({
    queue = DEFAULT_QUEUE,
    signal,
    connection = false,
  }: StreamOptions & { readonly connection?: boolean } = {}): MessageStream<Message | ConnectionChange> {
    const isChange = (item: Message | ConnectionChange): item is ConnectionChange =>
      typeof item === 'object' && item !== null && 'connected' in item;
    const exceeds = (limit: LimitName): void =>
      this.#environment.limits.hit(limit, this.#path, 'a slow reader loses the oldest messages');
    return openStream<Message | ConnectionChange>(
      (sink) => {
        const turn = (change: ConnectionChange): void => {
          if (connection) sink.push(change);
        };
        return this.subscribe({
          message: (message) => sink.push(message, this.#size),
          connected: () => turn({ connected: true }),
          disconnected: (error) => {
            turn({ connected: false, ...(error && { error }) });
            if (endsConnection(error)) sink.end(error);
          },
          closed: () => sink.end(new ClosedError(`${this.#path} is closed`)),
        });
      },
      (policy) =>
        policy === 'latest'
          ? newestOfEach((item) => (isChange(item) ? 'connection' : `message ${this.#options.keyOf?.(item)}`), exceeds)
          : newest(policy, exceeds),
      queue,
      signal,
    );
  }

  /** Closes the socket and forgets every subscriber, who is told: the client does, when it closes. @internal */
  close(): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    this.#socket?.close();
    this.#socket = undefined;
    this.#rest?.cancel();
    this.#rest = undefined;
    this.#waiting.clear();
    this.#connected = false;
    this.#final = undefined;
    tell(listeners, this.#environment.logger, (listener) => listener.closed?.());
  }

  #unsubscribe(entry: HookListener<Message>): void {
    if (this.#listeners.delete(entry) && this.#listeners.size === 0) this.close();
  }

  #open(): ReconnectingSocket {
    return new ReconnectingSocket(
      this.#environment,
      this.#path,
      {
        opened: () => {
          this.#connected = true;
          this.#final = undefined;
          this.#tell((listener) => listener.connected?.());
        },
        message: (data) => this.#received(data),
        closed: (error) => {
          // In their order: what came before the end is told before it.
          for (let data = this.#waiting.take(); data; data = this.#waiting.take()) this.#take(data);
          this.#connected = false;
          if (endsConnection(error)) this.#final = error;
          this.#tell((listener) => listener.disconnected?.(error));
        },
      },
      this.#options.silenceLimit,
      limits.socket.endless,
    );
  }

  /** @returns whether it was understood; of one that waits, whether the one before was */
  #received(data: Buffer): boolean {
    if (this.#rest) this.#waiting.put(data);
    else this.#take(data);
    return this.#understood;
  }

  #take(data: Buffer): void {
    const { clock } = this.#environment;
    const before = clock.worked();
    const messages = this.#read(data);
    this.#understood = messages.length > 0;
    this.#size = data.length / Math.max(1, messages.length);
    for (const message of messages) {
      if (!this.#fits(message)) continue;
      this.#note(message);
      this.#tell((listener) => listener.message(message));
    }
    this.#pace(clock.worked() - before, messages.length);
  }

  #note(message: Message): void {
    const type = this.#options.typeOf?.(message) ?? '';
    if (type === '' || this.#types.has(type)) return;
    const [oldest] = this.#types;
    if (oldest !== undefined && this.#types.size >= limits.hook.types) this.#types.delete(oldest);
    this.#types.add(type);
  }

  #fits(message: Message): boolean {
    const exceeded = this.#options.exceeds?.(message);
    if (exceeded) this.#environment.limits.hit(exceeded, this.#path, 'it is passed over');
    return exceeded === undefined;
  }

  /**
   * However fast messages come, others have their turn: the NVR waits. Their number counts, too, since a host may deal
   * with them later, as Node-RED does.
   */
  #pace(cost: number, count: number): void {
    const { burst, perSecond, window } = limits.hook;
    const now = this.#environment.clock.now();
    const spent = this.#budget.spend(this, now, cost);
    this.#credit = Math.min(burst, this.#credit + ((now - this.#creditAt) / 1000) * perSecond) - count;
    this.#creditAt = now;
    // It may have been closed by whom it told.
    if (this.#rest || !this.#socket) return;
    if (spent) this.#pause('hook.work', window);
    else if (this.#credit < 0) this.#pause('hook.burst', (-this.#credit / perSecond) * 1000);
  }

  #pause(limit: LimitName, ms: number): void {
    this.#environment.limits.hit(limit, this.#path, 'messages come faster than they can be dealt with');
    this.#socket?.pause();
    this.#rest = this.#environment.clock.after(ms, () => this.#goOn());
  }

  /** What waits comes first, as far as it may; the network hands over more when nothing does. */
  #goOn(): void {
    this.#rest = undefined;
    // It may be rested, or closed, in between.
    for (let data = this.#waiting.take(); data; data = this.#rest ? undefined : this.#waiting.take()) this.#take(data);
    if (!this.#rest) this.#socket?.resume();
  }

  #read(data: Buffer): readonly Message[] {
    try {
      if (data.length > limits.socket.message) throw new ReplyTooLargeError('', 'socket.message');
      const messages = this.#messagesIn(this.#documentIn(data.toString('utf8')));
      if (messages.length === 0) this.#complain(data);
      return messages;
    } catch (error) {
      if (!(error instanceof ReplyTooLargeError)) throw error;
      this.#misunderstood += 1;
      this.#environment.limits.hit(error.limit ?? 'socket.message', this.#path, 'a message is passed over');
      return [];
    }
  }

  /** Documents on end are one list; each of them may be one already. */
  #documentIn(text: string): unknown {
    const documents = parseDocuments(text, () =>
      this.#environment.limits.hit('json.tolerant', this.#path, 'what is no strict JSON is passed over'),
    );
    const document = documents.length > 1 ? documents.flat() : documents[0];
    const { entries } = limits.hook;
    if (!Array.isArray(document) || document.length <= entries) return document;
    const others = document.length - entries;
    this.#environment.limits.hit('hook.entries', this.#path, 'the other entries of a message are passed over', others);
    return document.slice(0, entries);
  }

  #tell(action: (listener: HookListener<Message>) => void): void {
    tell(this.#listeners, this.#environment.logger, action);
  }

  #complain(data: Buffer): void {
    this.#misunderstood += 1;
    if (this.#misunderstood > 1) return;
    // More than is shown, so that a cut shows as one: what secret it goes through is then told, and hidden.
    const start = this.#options.confidential ? '' : `: ${cleanText(data.toString('utf8', 0, 400), 80)}`;
    this.#environment.logger.warn(`${this.#path}: a message could not be understood and is passed over${start}`);
  }
}
