import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import { type Clock, type DeviceStore, type Logger, MemoryStore, systemClock } from '../../src/shared/index.js';
import { Outbox } from '../../src/mqtt/broker/outbox.js';
import { type BridgeConfig, runBridge } from '../../src/mqtt/index.js';
import type { NvrConfig } from '../../src/mqtt/config/read.js';
import { type Identity, selfSigned } from '../../packages/simulator/src/certificates/self-signed.js';
import { Simulator, type SimulatorOptions } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';

/** A message as an onlooker sees it. */
export interface Seen {
  readonly topic: string;
  readonly text: string;
  readonly bytes: Buffer;
  readonly retained: boolean;
}

/** Somebody who listens at a broker, and can publish. */
export class Onlooker implements AsyncDisposable {
  readonly seen: Seen[] = [];
  readonly client: MqttClient;

  private constructor(client: MqttClient) {
    this.client = client;
    client.on('message', (topic, payload, { retain }) =>
      this.seen.push({ topic, text: payload.toString(), bytes: payload, retained: retain }),
    );
  }

  static async at(port: number, filter = '#', options: object = {}): Promise<Onlooker> {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 20, ...options });
    const onlooker = new Onlooker(client);
    await client.subscribeAsync(filter, { qos: 1 });
    return onlooker;
  }

  /** What was said last on a topic. */
  last(topic: string): string | undefined {
    return this.seen.findLast((message) => message.topic === topic)?.text;
  }

  /** The same, taken apart; `undefined` where nothing was said, or it was cleared. */
  json(topic: string) {
    const text = this.last(topic);
    return text ? JSON.parse(text) : undefined;
  }

  all(topic: string): string[] {
    return this.seen.filter((message) => message.topic === topic).map(({ text }) => text);
  }

  async says(topic: string, text: string): Promise<void> {
    await until(`${topic} says ${text}, not ${this.last(topic)}`, () => this.last(topic) === text);
  }

  async publish(topic: string, text: string, retain = false): Promise<void> {
    await this.client.publishAsync(topic, text, { qos: 1, retain });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.endAsync(true);
  }
}

/** A way to the broker that can be cut. */
export class Wire implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isOpen = true;

  constructor(target: number) {
    this.#server = createServer((near) => {
      if (!this.#isOpen) return near.destroy();
      const far = connect(target, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy()).on('close', () => other.destroy());
      }
      return undefined;
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  cut(): void {
    this.#isOpen = false;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  mend(): void {
    this.#isOpen = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** What the broker keeps, as a newcomer gets it. */
export async function retainedAt(port: number, filter = '#'): Promise<ReadonlyMap<string, string>> {
  await using onlooker = await Onlooker.at(port, filter);
  // Retained messages come before the answer to a later publication.
  const mark = `mark/${Math.random()}`;
  await onlooker.client.subscribeAsync(mark, { qos: 1 });
  await onlooker.publish(mark, 'here');
  await until('the mark', () => onlooker.last(mark));
  return new Map(onlooker.seen.filter(({ retained }) => retained).map(({ topic, text }) => [topic, text]));
}

/** A bridge that runs in this process. */
export interface RunningBridge extends AsyncDisposable {
  readonly lines: readonly string[];
  /** Ends it as a service does. */
  stop(): Promise<void>;
}

const NOTHING: NvrConfig['commands'] = { outputs: false, ptz: false, record: false, snapshot: false, call: new Set() };

export function nvrConfig({ host, port }: Simulator, more: Partial<NvrConfig> = {}): NvrConfig {
  const login = { username: 'admin', password: 'admin123' };
  return { host, port, https: false, ...login, events: ['Motion', 'VideoLoss'], commands: NOTHING, ...more };
}

export function commands(more: Partial<NvrConfig['commands']>): NvrConfig['commands'] {
  return { ...NOTHING, ...more };
}

export function bridgeConfig(port: number, nvrs: readonly NvrConfig[], more: Partial<BridgeConfig> = {}): BridgeConfig {
  return {
    ...{ site: 'home', prefix: 'everfocus', nvrs, homeAssistant: 'homeassistant', data: '/nowhere' },
    broker: {
      host: '127.0.0.1',
      port,
      tls: false,
      clientId: `everfocus-${more.site ?? 'home'}`,
      version: '5',
    },
    queue: { events: 10_000, bytes: 16 * 1024 * 1024 },
    ...more,
  };
}

export function startBridge(
  config: BridgeConfig,
  store: DeviceStore = new MemoryStore(),
  clock: Clock = systemClock,
): RunningBridge {
  const lines: string[] = [];
  const write = (level: string) => (line: string) => void lines.push(`${level} ${line}`);
  const logger: Logger = { debug: () => undefined, info: write('info'), warn: write('warn'), error: write('error') };
  const end = new AbortController();
  const running = runBridge(config, { logger, signal: end.signal, store, clock });
  const stop = async () => {
    end.abort();
    await running;
  };
  return { lines, stop, [Symbol.asyncDispose]: stop };
}

/** An outbox whose broker takes everything at once. `said`: topics, below the base where they are, and payloads, in order. */
export function told(base = ''): { readonly outbox: Outbox; readonly said: [topic: string, payload: string][] } {
  const said: [string, string][] = [];
  const outbox = new Outbox({
    limit: { events: 10, bytes: 1e6 },
    pictureLimit: 1,
    dropped: () => undefined,
    last: 'everfocus/home/status',
  });
  outbox.connect({
    ...{ window: 100, waiting: 0 },
    publish: (topic, payload, _, done) => {
      said.push([topic.replace(base, ''), payload]);
      done();
    },
    picture: () => undefined,
  });
  return { outbox, said };
}

/** A simulator, and the base of its topics at site `home`. */
export async function startNvr(options: SimulatorOptions = {}): Promise<{ nvr: Simulator; base: string; id: string }> {
  const { mac = '00:11:14:00:00:01' } = options;
  const nvr = await Simulator.start({ cameras: 2, ...options, mac });
  const id = `SIM${mac.replaceAll(':', '').toUpperCase()}`;
  return { nvr, id, base: `everfocus/home/${id}` };
}

/** ms */
export const DAY = 86_400_000;

/** Self-signed, valid since the day before yesterday. @param until ms since 1970. Default: tomorrow */
export function certificate(commonName: string, until = Date.now() + DAY): Identity {
  const names = { countryName: 'TW', stateOrProvinceName: '', localityName: '', organizationName: 'Test' };
  return selfSigned(
    { ...names, organizationalUnitName: '', commonName, emailAddress: '' },
    Date.now() - 2 * DAY,
    until,
  );
}
