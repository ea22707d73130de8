import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { NvrFinder } from '../../src/homebridge/nvr/nvr-finder.js';
import { type Logger, ManualClock, MemoryStore, Nvr, NvrRefusedError, type Timer } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';

const lo = { name: 'lo', address: '127.0.0.1', netmask: '255.0.0.0', mac: '02:00:00:00:00:01' };
/** Where the NVR was when it was written into the settings; it is at 127.0.0.1 now. */
const BEFORE = '127.0.0.2';
const MAC = '00:11:14:00:00:01';
const MINUTE = 60_000;

/** Passes on what comes to one address to another, like the NVR's old address while the NVR still had it. */
class Relay {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(target: { host: string; port: number }) {
    this.#server = createServer((near) => {
      const far = connect(target);
      for (const socket of [near, far]) this.#sockets.add(socket.on('error', () => undefined));
      near.pipe(far).pipe(near);
    });
  }

  static async open(host: string, target: { host: string; port: number }): Promise<Relay> {
    const relay = new Relay(target);
    await once(relay.#server.listen(target.port, host), 'listening');
    return relay;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Tells what is waited for. */
class TellingClock extends ManualClock {
  newest = 0;
  override after(ms: number, action: () => void): Timer {
    this.newest = ms;
    return super.after(ms, action);
  }
}

/** One that answers searches in the name of another. */
async function impostor(host: string, port: number, macs: readonly string[]): Promise<() => Promise<void>> {
  const ear = createSocket({ type: 'udp4', reuseAddr: true });
  const mouth = createSocket('udp4');
  mouth.bind(0, host);
  ear.on('message', (_packet, from) => {
    for (const mac of macs) {
      mouth.send(`<DeviceInfo><MacAddr>${mac}</MacAddr></DeviceInfo>`, from.port, from.address);
    }
  });
  ear.bind(port, '127.255.255.255');
  await Promise.all([once(ear, 'listening'), once(mouth, 'listening')]);
  return async () => {
    await Promise.all([ear, mouth].map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
  };
}

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** An NVR that was found at its old address, and what Homebridge has learnt of it there. */
async function known({ https }: { https: boolean }) {
  const simulator = await Simulator.start({ cameras: 1, discoveryPort: 0, ...(https && { httpsPort: 0 }) });
  endings.push(() => simulator.stop());
  const port = (https ? simulator.httpsPort : simulator.port) ?? 0;
  const relay = await Relay.open(BEFORE, { host: simulator.host, port });
  endings.push(() => relay.close());
  const store = new MemoryStore();
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const logger: Logger = { debug: () => undefined, info: say, warn: say, error: say };
  const configuration = { host: BEFORE, port, https };
  const client = new Nvr({ ...configuration, username: 'admin', password: 'admin123', store });
  endings.push(() => client.close());
  const clock = new TellingClock();
  const finderOf = (finder = client) => {
    const made = new NvrFinder({
      ...{ configuration, client: finder, store, logger, clock },
      place: { interfaces: [lo], port: simulator.discoveryPort ?? 0 },
    });
    endings.push(() => made.close());
    return made;
  };
  const finder = finderOf();
  await finder.connected();
  const searches = () => simulator.requests.filter(({ path }) => path === 'discovery').length;
  /** Time passes up to a search, and it looks at all that answers. */
  const search = async (ms: number) => {
    const before = searches();
    clock.newest = 0;
    clock.advance(ms);
    await until('the search', () => searches() > before);
    // Answers are there in an instant; the search waits for more until its time is over.
    for (let left = 3000; left > 0; left -= 100) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(100);
    }
    await until('the end of the search', () => clock.newest === 5 * MINUTE);
  };
  return { simulator, relay, client, finder, finderOf, clock, lines, search, searches, port, store };
}

describe('an NVR by HTTPS that has got another address', () => {
  it('is followed there, since its certificate proves who it is, and calls and feeds go on; the user is told', async () => {
    const { simulator, relay, client, finder, lines, search } = await known({ https: true });
    const frames: number[] = [];
    const feed = client.feed(1, 'sub');
    const subscription = feed.subscribe({ frame: ({ timestamp }) => frames.push(timestamp) });
    await until('a picture', () => frames.length > 0);
    await relay.close();
    await expect(client.io.pinManualSetting({ pinID: 5, pinValue: 1 })).rejects.toMatchObject({
      code: 'NVR_UNREACHABLE',
    });
    finder.lost();
    await search(MINUTE);
    await until('the line', () => lines.length > 0);
    expect(lines).toEqual([
      expect.stringMatching(/^the NVR is not at 127\.0\.0\.2 any more but at 127\.0\.0\.1, as its cert/),
    ]);
    await client.io.pinManualSetting({ pinID: 5, pinValue: 1 });
    expect(simulator.pin(5)).toBe(1);
    expect(client.address).toBe(`127.0.0.1:${simulator.httpsPort}`);
    const count = frames.length;
    await until('pictures go on', () => frames.length > count);
    subscription.close();
  });

  it('is not looked for at one that only says it is the NVR: nothing but a handshake goes there', async () => {
    const { simulator, relay, client, finder, lines, search, port } = await known({ https: true });
    const other = await Simulator.start({ host: '127.0.0.3', httpsPort: port, cameras: 1 });
    endings.push(() => other.stop());
    endings.push(await impostor('127.0.0.3', simulator.discoveryPort ?? 0, [MAC]));
    simulator.faults.silentDiscovery = true;
    await relay.close();
    finder.lost();
    await search(MINUTE);
    expect(lines).toEqual([]);
    expect(client.address).toBe(`${BEFORE}:${port}`);
    expect(other.requests).toEqual([]);
    // The real one is found beside it.
    simulator.faults.silentDiscovery = false;
    await search(5 * MINUTE);
    await until('the line', () => lines.length > 0);
    expect(client.address).toBe(`127.0.0.1:${port}`);
    expect(other.requests).toEqual([]);
  });
});

describe('an NVR by HTTP that has got another address', () => {
  it('is not followed there, since nothing proves who it is: the user is told where, once', async () => {
    const { simulator, relay, client, finder, lines, search, port } = await known({ https: false });
    await relay.close();
    finder.lost();
    await search(MINUTE);
    await until('the line', () => lines.length > 0);
    expect(lines).toEqual([
      expect.stringMatching(/one with its MAC address answers at 127\.0\.0\.1\. .* "Address" \(host\)/),
    ]);
    const logins = () =>
      simulator.requests.filter(({ method, path }) => method === 'POST' && path === '/admin/login').length;
    const before = logins();
    await search(5 * MINUTE);
    await search(5 * MINUTE);
    expect(lines).toHaveLength(1);
    expect(logins()).toBe(before);
    expect(client.address).toBe(`${BEFORE}:${port}`);
  });

  it('is told of also where it moved while Homebridge was not running', async () => {
    const { relay, lines, search, finder, finderOf } = await known({ https: false });
    finder.close();
    await relay.close();
    finderOf().lost();
    await search(MINUTE);
    await until('the line', () => lines.length > 0);
    expect(lines).toHaveLength(1);
  });

  it('is not made up by somebody who answers for many addresses, nor where nothing answers as an NVR does', async () => {
    const { simulator, relay, client, finder, lines, search } = await known({ https: false });
    simulator.faults.silentDiscovery = true;
    const macs = [MAC, '02:00:00:00:00:07', '02:00:00:00:00:08'];
    for (let last = 10; last < 20; last += 1) {
      endings.push(await impostor(`127.0.0.${last}`, simulator.discoveryPort ?? 0, macs));
    }
    await relay.close();
    finder.lost();
    await search(MINUTE);
    await search(5 * MINUTE);
    expect(lines).toEqual([]);
    expect(client.limits.hits).toMatchObject([{ limit: 'discovery.claims' }]);
  });
});

describe('an NVR that is away', () => {
  it('is looked for only after a minute and every five, not at all once it is back, nor before it was ever there', async () => {
    const { finder, clock, searches, search, simulator } = await known({ https: false });
    finder.lost();
    clock.advance(MINUTE - 1);
    await finder.connected();
    clock.advance(10 * MINUTE);
    expect(searches()).toBe(0);
    simulator.faults.silentDiscovery = true;
    finder.lost();
    finder.lost();
    await search(MINUTE);
    const asked = searches();
    expect(asked).toBeLessThanOrEqual(8);
    clock.advance(5 * MINUTE - 4000);
    expect(searches()).toBe(asked);
    finder.close();
    clock.advance(20 * MINUTE);
    expect(searches()).toBe(asked);
    expect(clock.pending).toBe(0);
  });

  it('is not asked again what it is known by, where this user may not ask', async () => {
    const { finderOf } = await known({ https: false });
    let asked = 0;
    const getDDNS = () => {
      asked += 1;
      return Promise.reject(new NvrRefusedError('getDDNS', 'no right'));
    };
    const finder = finderOf({ network: { getDDNS } } as unknown as Nvr);
    await finder.connected();
    await finder.connected();
    expect(asked).toBe(1);
  });

  it('is looked for anew where it came back while it was being looked for, and went again', async () => {
    const { finder, clock, searches } = await known({ https: false });
    finder.lost();
    clock.advance(MINUTE);
    await until('the search', () => searches() > 0);
    await finder.connected();
    finder.lost();
    await until('the end of the search before', () => clock.pending === 1);
    const before = searches();
    clock.advance(MINUTE - 1);
    expect(searches()).toBe(before);
    clock.advance(1);
    await until('another search', () => searches() > before);
  });

  it('is in its place where it answers a search there: it has other troubles, and nothing is said', async () => {
    const { simulator, relay, finder, lines, search } = await known({ https: false });
    endings.push(await impostor(BEFORE, simulator.discoveryPort ?? 0, [MAC]));
    await relay.close();
    finder.lost();
    await search(MINUTE);
    expect(lines).toEqual([]);
  });
});
