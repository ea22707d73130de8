import { createRequire } from 'node:module';
import hapController from 'hap-controller';
import { CharacteristicType, ServiceType, type CharacteristicName, type ServiceName } from './hap-types.js';
import { until, within } from '../until.js';

const { HttpClient } = hapController;
type Connection = InstanceType<typeof HttpClient>;

interface ReplyParser {
  onBody: (data: Buffer, offset: number, length: number) => void;
  onMessageComplete: () => void;
}

// It puts a reply together anew for each kilobyte that comes: for a bridge with 149 cameras, of gigabytes.
const { default: HttpConnection } = createRequire(import.meta.url)(
  'hap-controller/lib/transport/ip/http-connection.js',
) as { default: { prototype: { _buildHttpResponseParser: (resolve: unknown) => ReplyParser } } };
const { _buildHttpResponseParser: build } = HttpConnection.prototype;
HttpConnection.prototype._buildHttpResponseParser = function (resolve) {
  const parser = build.call(this, resolve);
  const { onBody, onMessageComplete } = parser;
  const pieces: Buffer[] = [];
  parser.onBody = (data, offset, length) => void pieces.push(data.subarray(offset, offset + length));
  parser.onMessageComplete = () => {
    const whole = Buffer.concat(pieces);
    onBody(whole, 0, whole.length);
    onMessageComplete();
  };
  return parser;
};

/** ms that Homebridge may take for anything but pairing. */
const ANSWER_LIMIT = 10_000;
/** ms */
const PAIRING_LIMIT = 30_000;

/** A bridge that can be paired. */
export interface Bridge {
  readonly username: string;
  readonly port: number;
  readonly pin: string;
}

/** A service as the bridge lists it. */
export interface HomeService {
  readonly name: ServiceName | undefined;
  readonly values: Readonly<Partial<Record<CharacteristicName, unknown>>>;
  /** `aid.iid` of a characteristic. @throws where the service lacks it */
  id(characteristic: CharacteristicName): string;
}

/** An accessory as the bridge lists it. */
export interface HomeAccessory {
  readonly aid: number;
  readonly name: string;
  readonly services: readonly HomeService[];
  /** The first service of that kind, or the one of that configured name. @throws where there is none */
  service(kind: ServiceName, configuredName?: string): HomeService;
}

/** Changes of characteristics, as they were notified. */
export interface Watch {
  readonly changes: readonly { readonly id: string; readonly value: unknown; readonly arrival: number }[];
  /** Waits for a change to that value from number `from` on; resolves to its arrival (performance.now()). */
  change(id: string, value: unknown, from?: number, limit?: number): Promise<number>;
  close(): Promise<void>;
}

/** A home that has paired a bridge: what an iPhone would be. Requests and events travel on connections of their own. */
export class HapHome {
  readonly #bridge: Bridge;
  readonly #requests: Connection;
  readonly #open = new Set<Connection>();

  private constructor(bridge: Bridge, requests: Connection) {
    this.#bridge = bridge;
    this.#requests = requests;
    this.#open.add(requests);
  }

  static async pair(bridge: Bridge): Promise<HapHome> {
    const client = connectionTo(bridge);
    await within(PAIRING_LIMIT, 'pairing', client.pairSetup(bridge.pin));
    return new HapHome(bridge, client);
  }

  /** A paired connection of its own: a live view ends with the connection that asked for it. */
  connection(): Connection {
    const pairing = this.#requests.getLongTermData();
    if (!pairing) throw new Error('not paired');
    const connection = connectionTo(this.#bridge, pairing);
    this.#open.add(connection);
    return connection;
  }

  /** By `aid`: their order on the wire means nothing. */
  async accessories(): Promise<readonly HomeAccessory[]> {
    // A connection for each request survives a restart of the bridge.
    return this.#request('list of accessories', async (connection) => {
      const { accessories } = await connection.getAccessories();
      return accessories.map(homeAccessory).sort((one, other) => one.aid - other.aid);
    });
  }

  /** @throws where no accessory has that name */
  async accessory(name: string): Promise<HomeAccessory> {
    const accessories = await this.accessories();
    const found = accessories.find((accessory) => accessory.name === name);
    if (!found) throw new Error(`no accessory "${name}" among ${accessories.map((other) => other.name).join(', ')}`);
    return found;
  }

  /** The camera of that channel; the bridge lists cameras in the order of their channels. */
  async camera(channel: number): Promise<HomeAccessory> {
    const cameras = (await this.accessories()).filter(({ services }) =>
      services.some(({ name }) => name === 'CameraRTPStreamManagement'),
    );
    const camera = cameras[channel - 1];
    if (!camera) throw new Error(`only ${cameras.length} cameras`);
    return camera;
  }

  /** The value of a characteristic; a boolean comes as 0 or 1. @throws with the HAP status where the bridge has none */
  get(id: string): Promise<unknown> {
    return this.#request(`value of ${id}`, async (connection) => {
      const { characteristics } = await connection.getCharacteristics([id]);
      const { value, status } = characteristics[0] as { value?: unknown; status?: number };
      if (status) throw new Error(`HAP status ${status}`);
      return value;
    });
  }

  /** @throws with the HAP status where the bridge refuses */
  set(id: string, value: unknown): Promise<void> {
    return this.#request(`writing ${id}`, (connection) => writeCharacteristic(connection, id, value));
  }

  /** JPEG bytes. */
  snapshot(aid: number, width: number, height: number): Promise<Buffer> {
    return this.#request('snapshot', (connection) => connection.getImage(width, height, aid));
  }

  /** Follows characteristics by HAP events. */
  async watch(ids: readonly string[]): Promise<Watch> {
    const connection = this.connection();
    const changes: { id: string; value: unknown; arrival: number }[] = [];
    connection.on(
      'event',
      ({ characteristics }: { characteristics: { aid: number; iid: number; value: unknown }[] }) => {
        const arrival = performance.now();
        for (const { aid, iid, value } of characteristics) changes.push({ id: `${aid}.${iid}`, value, arrival });
      },
    );
    let ended = '';
    connection.on('event-disconnect', () => (ended = ', and then the connection was closed'));
    await within(ANSWER_LIMIT, 'subscription', connection.subscribeCharacteristics([...ids]));
    return {
      changes,
      change: async (id, value, from = 0, limit = 15_000) => {
        const isIt = (change: { id: string; value: unknown }) => change.id === id && same(change.value, value);
        const change = await until(
          () => `${id} = ${String(value)}, only ${JSON.stringify(changes.slice(from))}${ended}`,
          () => changes.slice(from).find(isIt),
          limit,
        );
        return change.arrival;
      },
      close: () => this.release(connection),
    };
  }

  async release(connection: Connection): Promise<void> {
    this.#open.delete(connection);
    await connection.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((connection) => this.release(connection)));
  }

  async #request<T>(what: string, ask: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.connection();
    try {
      return await within(ANSWER_LIMIT, what, ask(connection));
    } finally {
      await this.release(connection);
    }
  }
}

/** @throws with the HAP status where the bridge refuses */
export async function writeCharacteristic(connection: Connection, id: string, value: unknown): Promise<void> {
  const reply = (await connection.setCharacteristics({ [id]: value })) as { characteristics: { status?: number }[] };
  const status = reply.characteristics[0]?.status;
  if (status) throw new Error(`HAP status ${status}`);
}

function connectionTo({ username, port }: Bridge, pairing?: ConstructorParameters<typeof HttpClient>[3]): Connection {
  return new HttpClient(username, '127.0.0.1', port, pairing, { usePersistentConnections: true });
}

interface ListedService {
  readonly type: string;
  readonly characteristics: readonly { readonly iid?: unknown; readonly type?: string; readonly value?: unknown }[];
}

function homeAccessory(listed: { aid: unknown; services: readonly ListedService[] }): HomeAccessory {
  const aid = Number(listed.aid);
  const services = listed.services.map((service) => homeService(aid, service));
  const information = services.find(({ name }) => name === 'AccessoryInformation');
  return {
    aid,
    name: String(information?.values.Name),
    services,
    service: (kind, configuredName) => {
      const found = services.find(
        ({ name, values }) =>
          name === kind && (configuredName === undefined || values.ConfiguredName === configuredName),
      );
      if (!found) throw new Error(`no service ${kind} ${configuredName ?? ''}`);
      return found;
    },
  };
}

function homeService(aid: number, { type, characteristics }: ListedService): HomeService {
  const ids = new Map<string, string>();
  const values: Partial<Record<CharacteristicName, unknown>> = {};
  for (const characteristic of characteristics) {
    const name = nameOf(CharacteristicType, characteristic.type);
    if (!name) continue;
    ids.set(name, `${aid}.${String(characteristic.iid)}`);
    values[name] = characteristic.value;
  }
  return {
    name: nameOf(ServiceType, type),
    values,
    id: (characteristic) => {
      const id = ids.get(characteristic);
      if (id === undefined) throw new Error(`no characteristic ${characteristic}`);
      return id;
    },
  };
}

function nameOf<Name extends string>(
  types: Readonly<Record<Name, string>>,
  uuid: string | undefined,
): Name | undefined {
  return (Object.keys(types) as Name[]).find((name) => types[name] === uuid?.toUpperCase());
}

/** HAP sends true as 1 and false as 0 in events. */
function same(one: unknown, other: unknown): boolean {
  return one === other || (typeof other === 'boolean' && one === Number(other));
}
