import { once } from 'node:events';
import { connect as connectTls, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { ManualClock, MemoryStore, type Nvr, type NvrClientOptions, operations } from '../../src/shared/index.js';
import { until } from '../support/until.js';
import { storeOf } from './store-of.js';
import { makeIdentity, startTlsFront, type TestIdentity } from './tls-front.js';
import { withNvr } from './with-nvr.js';

const own = makeIdentity();
const stranger = makeIdentity();
const untrusted = { code: 'UNTRUSTED_CERTIFICATE', fingerprint: stranger.fingerprint, pinned: own.fingerprint };

describe('trust on first use', () => {
  const context = withNvr();

  /** A front and a client of it that is closed with the test's simulator. */
  const behind = async (options: Partial<NvrClientOptions> = {}, shown: TestIdentity = own) => {
    const front = await startTlsFront(context.nvr, shown);
    const store = options.store ?? new MemoryStore();
    const connect = (): Nvr => context.connect({ https: true, port: front.port, store, ...options });
    return { front, store, connect, key: `certificate 127.0.0.1:${front.port}` };
  };

  describe.each(['127.0.0.1', 'localhost'])('at %s', (host) => {
    it.each(['TLSv1.2', 'TLSv1.3'] as const)(
      'by %s pins what it sees, for calls, hooks and pictures',
      async (version) => {
        const front = await startTlsFront(context.nvr, own, { minVersion: version, maxVersion: version });
        const store = new MemoryStore();
        const connect = () => context.connect({ https: true, host, port: front.port, store });
        await using first = connect();
        await first.call(operations.pinManualSetting, { pinID: 5, pinValue: 1 });
        const events: string[] = [];
        first.events.subscribe({ message: ({ type }) => events.push(type) });
        await until('the hook to connect', () => first.events.connected);
        context.nvr.motion(1, 1);
        await until('the event', () => events.includes('Motion'));
        expect(await first.feed(1, 'sub').keyframe()).toMatchObject({ kind: 'video' });
        await using second = connect();
        await second.call(operations.getPort);
        expect(await store.read(`certificate ${host}:${front.port}`)).toEqual({ fingerprint: own.fingerprint });
        front.show(stranger);
        await using client = context.connect({ https: true, host, port: front.port, store });
        await expect(client.call(operations.getPort)).rejects.toMatchObject(untrusted);
        expect(front.heard(stranger)).toBe(0);
        expect(context.lines.filter((line) => line.includes('first seen'))).toEqual([
          expect.stringContaining(own.fingerprint),
        ]);
      },
    );
  });

  it('is told once, to who asked, and hurts nothing where that fails', async () => {
    const told: string[] = [];
    const trustedFirst = (fingerprint: string) => {
      told.push(fingerprint);
      throw new Error('of the listener');
    };
    const { connect } = await behind({ trustedFirst });
    for (let start = 0; start < 2; start += 1) {
      await using client = connect();
      await client.call(operations.getPort);
    }
    expect(told).toEqual([own.fingerprint]);
  });

  it('holds on to the fingerprint that was written down, once that is emptied again', async () => {
    const { store, front, connect } = await behind();
    await using first = connect();
    await first.call(operations.getPort);
    front.show(stranger);
    const { fingerprint } = stranger;
    await using told = context.connect({ https: true, port: front.port, store, fingerprint });
    await told.call(operations.getPort);
    await using later = connect();
    await expect(later.call(operations.getPort)).resolves.toMatchObject({});
    front.show(own);
    await using last = connect();
    await expect(last.call(operations.getPort)).rejects.toMatchObject({ pinned: fingerprint });
  });

  it('goes by the fingerprint that is written down, also where no store can hold it', async () => {
    const full = storeOf({ write: () => Promise.reject(new Error('disk full')) });
    const { connect } = await behind({ store: full, fingerprint: own.fingerprint });
    await using client = connect();
    await client.call(operations.getPort);
    await client.call(operations.getPort);
    expect(context.lines.filter((line) => line.includes('trusted, and could not be remembered'))).toHaveLength(1);
  });

  it('says nothing before the pin is safe', async () => {
    const written = Promise.withResolvers<undefined>();
    const asked = Promise.withResolvers<undefined>();
    const store = storeOf({
      write: () => {
        asked.resolve(undefined);
        return written.promise;
      },
    });
    const { front, connect } = await behind({ store });
    await using client = connect();
    const call = client.call(operations.getPort);
    await asked.promise;
    // What was sent too early would be there by now.
    await greeted(front.port);
    expect(front.heard(own)).toBe(0);
    written.resolve(undefined);
    await call;
    expect(front.heard(own)).toBeGreaterThan(0);
  });

  it('agrees on one pin where many connect at once, of one client or several', async () => {
    const memory = new MemoryStore();
    const store = storeOf({
      ...{ read: (key) => memory.read(key) },
      write: async (key, value) => {
        // Slow enough for the others to come and find nothing.
        await until('other connections', () => front.connections > 2);
        await greeted(front.port);
        await memory.write(key, value);
      },
    });
    const { front, connect, key } = await behind({ store });
    front.show(own, stranger);
    const clients = [connect(), connect(), connect()];
    const work = clients.flatMap((client) => {
      client.events.subscribe({ message: () => undefined });
      client.cameraStatus.subscribe({ message: () => undefined });
      return [1, 2, 3].map(async () => client.call(operations.getPort));
    });
    await Promise.allSettled([
      ...work,
      ...clients.map((client) => client.request({ method: 'GET', path: '/network/getPort' })),
    ]);
    await Promise.all(clients.map((client) => client.close()));
    const [pinned, refused] =
      ((await store.read(key)) as { fingerprint: string }).fingerprint === own.fingerprint
        ? [own, stranger]
        : [stranger, own];
    expect(front.connections).toBeGreaterThan(2);
    expect(front.heard(pinned)).toBeGreaterThan(0);
    expect(front.heard(refused)).toBe(0);
  });

  it('refuses a changed certificate wherever it shows, says which and which, and does not try again', async () => {
    const clock = new ManualClock(Date.now());
    const { front, connect } = await behind({ clock });
    await using client = connect();
    await client.call(operations.getPort);
    front.show(stranger);
    front.cut();

    const ends = await endsOf(client);
    expect(ends).toEqual(ends.map(() => expect.objectContaining(untrusted)));
    expect(String(ends[0])).toContain(own.fingerprint);
    expect(String(ends[0])).toContain(stranger.fingerprint);
    const { connections } = front;
    clock.advance(600_000);
    await client.call(operations.getPort).catch(() => undefined);
    // That call's own.
    expect(front.connections).toBeLessThanOrEqual(connections + 1);
    expect(front.heard(stranger)).toBe(0);
  });

  it('sends nothing to whoever steps in between two connections', async () => {
    const { front, connect } = await behind();
    await using client = connect();
    client.events.subscribe({ message: () => undefined });
    await until('the hook to connect', () => client.events.connected);
    front.show(stranger);
    // The session is open and its connection kept; a write takes a fresh one.
    const write = client.call(operations.pinManualSetting, { pinID: 5, pinValue: 1 });
    await expect(write).rejects.toMatchObject(untrusted);
    context.nvr.faults.expireSessions();
    front.cut();
    await expect(client.call(operations.getPort)).rejects.toMatchObject(untrusted);
    expect(front.heard(stranger)).toBe(0);
    expect(context.nvr.pin(5)).toBe(0);
  });

  it('works again, hooks and feeds as well, once the new certificate is trusted', async () => {
    const { front, connect } = await behind();
    await using client = connect();
    await client.call(operations.getPort);
    front.show(stranger);
    front.cut();
    let frames = 0;
    let known = false;
    const errors: unknown[] = [];
    client.eventStates.subscribe({ changed: () => undefined, known: () => (known = true) });
    client.events.subscribe({ message: () => undefined, disconnected: (error) => errors.push(error?.code) });
    client.feed(1, 'sub').subscribe({ frame: () => (frames += 1), interrupted: (error) => errors.push(error?.code) });
    await until('both to give up', () => errors.length === 2);
    expect(errors).toEqual(['UNTRUSTED_CERTIFICATE', 'UNTRUSTED_CERTIFICATE']);

    await client.trustCertificate(stranger.fingerprint.replaceAll(':', '').toLowerCase());
    await client.call(operations.getPort);
    await until('the hook, its states and the pictures to be back', () => client.events.connected && known && frames);
    // What was final is so no longer, for those who come later either.
    const late: unknown[] = [];
    front.cut();
    await until('all to notice', () => !client.events.connected && !client.eventStates.known && errors.length === 4);
    client.events.subscribe({ message: () => undefined, disconnected: (error) => late.push(error) });
    client.eventStates.subscribe({ changed: () => undefined, unknown: (error) => late.push(error) });
    client.feed(1, 'sub').subscribe({ frame: () => undefined, interrupted: (error) => late.push(error) });
    expect(late).toEqual([]);
    await until('the hook to be back', () => client.events.connected);
    front.show(own);
    front.cut();
    await expect(client.call(operations.getPort)).rejects.toMatchObject({ code: 'UNTRUSTED_CERTIFICATE' });
  });

  it('resumes no session, though the NVR offers to: nothing could be compared', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const front = await startTlsFront(context.nvr, own, { minVersion: version, maxVersion: version });
      await using client = context.connect({ https: true, port: front.port, store: new MemoryStore() });
      for (let call = 0; call < 3; call++) {
        await client.call(operations.pinManualSetting, { pinID: 5, pinValue: 1 });
        front.cut();
        await client.call(operations.getPort);
      }
      expect(front.connections).toBeGreaterThan(3);
      expect(front.resumed).toBe(0);
    }
  });

  it('accepts a pinned certificate that has expired, and says so once', async () => {
    const expired = makeIdentity(-1);
    const { front, store, connect } = await behind({}, expired);
    await using client = connect();
    await client.call(operations.getPort);
    front.cut();
    await client.call(operations.getPort);
    const { fingerprint } = expired;
    await using pinning = context.connect({ https: true, port: front.port, fingerprint });
    await pinning.call(operations.getPort);
    expect(await store.read(`certificate 127.0.0.1:${front.port}`)).toEqual({ fingerprint });
    expect(context.lines.filter((line) => line.startsWith('warn') && line.includes('expired'))).toHaveLength(2);
  });

  it('takes an authority’s certificate without a pin, and from then on no other kind', async () => {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, own.cert, stranger.cert]);
    try {
      const front = await startTlsFront(context.nvr, own);
      const store = new MemoryStore();
      const client = () => context.connect({ https: true, host: 'localhost', port: front.port, store });
      for (const identity of [own, stranger]) {
        front.show(identity);
        await using one = client();
        await one.call(operations.getPort);
      }
      const third = makeIdentity();
      front.show(third);
      await using one = client();
      await expect(one.call(operations.getPort)).rejects.toMatchObject({ code: 'UNTRUSTED_CERTIFICATE' });
      expect(front.heard(third)).toBe(0);
    } finally {
      setDefaultCACertificates(before);
    }
  });

  it('lets the fingerprint of the options win', async () => {
    const { front, store, connect, key } = await behind({ fingerprint: own.fingerprint });
    await store.write(key, { fingerprint: stranger.fingerprint });
    await using client = connect();
    await client.call(operations.getPort);
    front.show(stranger);
    front.cut();
    await expect(client.call(operations.getPort)).rejects.toMatchObject(untrusted);
    await expect(client.trustCertificate(stranger.fingerprint)).rejects.toMatchObject({ path: 'fingerprint' });
    expect(front.heard(stranger)).toBe(0);
  });

  it('refuses to trust what is no fingerprint, and where nothing could remember it', async () => {
    const { connect, store, key } = await behind();
    await using client = connect();
    const bad = { code: 'INVALID_PARAMETER', path: 'fingerprint' };
    await expect(client.trustCertificate('AA:BB')).rejects.toMatchObject(bad);
    expect(await store.read(key)).toBeUndefined();
    await expect(context.client.trustCertificate(own.fingerprint)).rejects.toMatchObject(bad);
  });
});

/** What each way of reaching the NVR ends with. */
async function endsOf(client: Nvr): Promise<unknown[]> {
  const ends: unknown[] = [];
  const end = (error: unknown) => void ends.push(error);
  client.call(operations.getPort).then(end, end);
  client.call(operations.pinManualSetting, { pinID: 5, pinValue: 1 }).then(end, end);
  client.request({ method: 'GET', path: '/network/getPort' }).then(end, end);
  client.takeSnapshot(1).then(end, end);
  client.feed(1, 'main').keyframe().then(end, end);
  client.events.subscribe({ message: () => undefined, disconnected: end });
  client.cameraStatus.subscribe({ message: () => undefined, disconnected: end });
  client.feed(1, 'sub').subscribe({ frame: () => undefined, interrupted: end });
  await until('all to end', () => ends.length === 8);
  return ends;
}

/** Somebody else has shaken hands. */
async function greeted(port: number): Promise<void> {
  const visitor = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(visitor, 'secureConnect');
  visitor.destroy();
}
