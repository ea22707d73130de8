import { connect as connectTcp } from 'node:net';
import { type IConnackPacket, type IPublishPacket, MqttClient } from 'mqtt';
import { type Clock, type Logger, reconnectDelay, type Timer, within } from '../../shared/index.js';
import { cleanText, FirstTimes, type LimitCounters, limits, tlsConnection } from '../../shared/internal.js';
import type { BrokerConfig } from '../config/read.js';
import { BROKER, BrokerStream } from './broker-stream.js';
import type { Link } from './outbox.js';

/** s between signs of life. */
const KEEPALIVE = 30;
/** ms until a connection stands, login included. */
const CONNECT_LIMIT = 15_000;
/** ms that a connection must have lasted for the next failure to be a first one. */
const HEALTHY_AFTER = 60_000;
/** s that the broker keeps our session while we are away. */
const SESSION_EXPIRY = 3600;
/** Messages under way at a time, if the broker allows as many (Mosquitto: 20). */
const WINDOW = 64;

/** What came from the broker. */
export interface Incoming {
  readonly topic: string;
  readonly payload: Buffer;
  /** The broker keeps it: it may be of any age. */
  readonly retained: boolean;
  /** It waited for us: it may be as old as the connection's end. */
  readonly stale: boolean;
}

export interface BrokerListener {
  connected(link: Link): void;
  disconnected(): void;
  message(message: Incoming): void;
}

export interface BrokerOptions {
  readonly config: BrokerConfig;
  /** Published by the broker where we are gone without a word. */
  readonly will: { readonly topic: string; readonly payload: string };
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the broker runs into. */
  readonly limits: LimitCounters;
}

/**
 * The one connection to the broker: made again whenever it is lost, with a pause that grows, by a client with a session
 * that the broker keeps. The MQTT library is handed a socket each time, and neither queues nor repeats anything: that is
 * {@link Outbox}'s work, which is bounded.
 */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #listener: BrokerListener;
  /** Filters that are listened to. */
  readonly #filters = new Set<string>();
  #client: MqttClient | undefined;
  #connectedSince: number | undefined;
  /** What waited for us has come: what comes now is of now. */
  #isFresh = false;
  #failures = 0;
  /** No connection has stood yet. */
  #isFirst = true;
  /** The end of the patience with this try, or of the pause before the next. */
  #retry: Timer | undefined;
  #closed = false;
  /** Why it does not work, as it was told last. */
  #told: string | undefined;
  readonly #refusals = new FirstTimes();
  /** Of the newest client. */
  #stream: BrokerStream | undefined;

  constructor(options: BrokerOptions, listener: BrokerListener) {
    this.#options = options;
    this.#listener = listener;
  }

  open(): void {
    this.#connect();
  }

  /** Listens to these besides. */
  subscribe(filters: readonly string[]): void {
    const added = filters.filter((filter) => !this.#filters.has(filter));
    for (const filter of added) this.#filters.add(filter);
    if (this.#client && this.#connectedSince !== undefined) this.#listen(this.#client, added, () => undefined);
  }

  unsubscribe(filters: readonly string[]): void {
    for (const filter of filters) this.#filters.delete(filter);
    if (this.#client?.connected && filters.length > 0) this.#client.unsubscribe([...filters], () => undefined);
  }

  /** Says farewell, so that the broker does not publish the will. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    const client = this.#client;
    if (!client) return;
    const ended = new Promise<void>((resolve) => client.end(!client.connected, {}, () => resolve()));
    await within(this.#options.clock, 1000, ended, () => undefined);
    this.#stream?.destroy();
  }

  #connect(): void {
    const { config, will, clock } = this.#options;
    const five = config.version === '5';
    let reason: string | undefined;
    const client = new MqttClient(() => this.#open((error) => (reason ??= error.message)), {
      clientId: config.clientId,
      username: config.username,
      password: config.password,
      protocolId: 'MQTT',
      protocolVersion: five ? 5 : 4,
      // What an earlier run listened to is no business of this one.
      clean: this.#isFirst,
      keepalive: KEEPALIVE,
      connectTimeout: CONNECT_LIMIT,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
      ...(five && { properties: { sessionExpiryInterval: SESSION_EXPIRY, maximumPacketSize: limits.broker.packet } }),
    } as ConstructorParameters<typeof MqttClient>[1]);
    this.#client = client;
    client.on('error', (error) => {
      reason ??= error.message;
      // After what is no MQTT the library would wait for more of it.
      this.#stream?.destroy();
    });
    client.on('disconnect', ({ reasonCode, properties }) => {
      reason ??= `the broker ends the connection: ${properties?.reasonString ?? DISCONNECTS[reasonCode ?? 0] ?? `reason ${reasonCode}`}`;
    });
    client.on('connect', (packet) => this.#connected(client, packet));
    client.on('message', (topic, payload, packet) => this.#message(topic, payload, packet));
    client.once('close', () => {
      client.removeAllListeners('message');
      client.end(true);
      if (this.#client === client) this.#lost(reason);
    });
    // The library's own limit begins with the socket; a broker that never answers the login is left by it as well.
    this.#retry = clock.after(CONNECT_LIMIT, () => {
      reason ??= 'no answer';
      if (!client.connected) this.#stream?.destroy();
    });
  }

  #open(failed: (error: Error) => void): BrokerStream {
    const { host, port, tls, ca, cert, key } = this.#options.config;
    const socket = tls
      ? tlsConnection({
          ...{ host, port, ca, cert, key, limits: this.#options.limits },
          handshake: 'broker.certificates',
          rejectUnauthorized: true,
        })
      : connectTcp({ host, port, noDelay: true });
    const stream = new BrokerStream(socket, this.#options);
    // The library tells those errors only whose codes it knows.
    stream.on('error', failed);
    this.#stream = stream;
    return stream;
  }

  #connected(client: MqttClient, { properties }: IConnackPacket): void {
    if (this.#client !== client || this.#closed) return;
    const { clock, logger } = this.#options;
    this.#retry?.cancel();
    this.#connectedSince = clock.now();
    this.#isFirst = false;
    this.#told = undefined;
    logger.info('connected to the broker');
    // What it kept for our session comes before the answer to this.
    this.#listen(client, [...this.#filters], () => (this.#isFresh = true));
    this.#listener.connected(this.#link(client, windowOf(properties?.receiveMaximum)));
  }

  #link(client: MqttClient, window: number): Link {
    const stream = this.#stream;
    return {
      window,
      get waiting() {
        return stream?.writableLength ?? 0;
      },
      publish: (topic, payload, retain, done) => {
        client.publish(topic, payload, { qos: 1, retain }, (error) => {
          // A refusal (no right to the topic, quota) is an answer: the same again would be refused again.
          const refused = error && 'code' in error && typeof error.code === 'number';
          if (refused) this.#tellRefusal(topic, error.message);
          if (!error || refused) done();
        });
      },
      picture: (topic, jpeg) => void client.publish(topic, jpeg, { qos: 0, retain: true }),
    };
  }

  #listen(client: MqttClient, filters: readonly string[], done: () => void): void {
    if (filters.length === 0) return done();
    // At most once: a gate that opens twice, or an hour late, is worse than one that does not open.
    const five = this.#options.config.version === '5';
    const how = { qos: 0 as const, ...(five && { nl: true, rap: true, rh: 0 }) };
    client.subscribe([...filters], how, (error, granted) => {
      // It ended before it was answered: the next connection asks anew.
      if (this.#client !== client) return;
      const refused = granted?.filter(({ qos }) => qos >= 128).map(({ topic }) => topic) ?? [];
      if (error || refused.length > 0) {
        const what = refused.length > 0 ? refused.slice(0, 3).join(', ') : error?.message;
        this.#options.logger.warn(cleanText(`the broker does not let us listen: ${what}`, limits.text.line));
      }
      done();
    });
  }

  #message(topic: string, payload: Buffer, { retain }: IPublishPacket): void {
    if (topic.length > limits.broker.topic) {
      this.#options.limits.hit('broker.topic', BROKER, 'a message is passed over');
      return;
    }
    this.#listener.message({ topic, payload, retained: retain, stale: !this.#isFresh });
  }

  #lost(reason: string | undefined): void {
    const { clock, logger } = this.#options;
    this.#client = undefined;
    this.#isFresh = false;
    this.#retry?.cancel();
    const lasted = this.#connectedSince === undefined ? 0 : clock.now() - this.#connectedSince;
    if (this.#connectedSince !== undefined) this.#listener.disconnected();
    this.#connectedSince = undefined;
    if (this.#closed) return;
    this.#failures = lasted >= HEALTHY_AFTER ? 0 : this.#failures + 1;
    const why = cleanText(reason ?? 'the connection ended', limits.text.words);
    if (why !== this.#told) logger.warn(`the broker is away: ${why}; tried on`);
    this.#told = why;
    this.#retry = clock.after(reconnectDelay(Math.max(0, this.#failures - 1), Math.random()), () => this.#connect());
  }

  #tellRefusal(topic: string, why: string): void {
    const words = cleanText(`the broker refuses ${topic}: ${why}`, limits.text.words);
    if (this.#refusals.isFirst(words)) this.#options.logger.warn(words);
  }
}

/** None, or one that is no number of at least one (MQTT 5, 3.2.2.3.3, asks for it), is taken for no word on it. */
function windowOf(receiveMaximum: unknown): number {
  return typeof receiveMaximum === 'number' && receiveMaximum >= 1 ? Math.min(WINDOW, receiveMaximum) : WINDOW;
}

/** Reason codes of MQTT 5, 3.14.2.1, that a person can do something about. */
const DISCONNECTS: Readonly<Record<number, string>> = {
  0x87: 'not allowed',
  0x8b: 'it shuts down',
  0x8e: 'another client took over with the same id: each bridge needs its own site',
  0x93: 'too many messages under way',
  0x95: 'a message was too large',
  0x97: 'quota exceeded',
};
