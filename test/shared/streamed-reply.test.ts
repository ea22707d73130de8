import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Caller } from '../../src/shared/link/caller.js';
import { completeOptions } from '../../src/shared/link/options.js';
import { Recovery } from '../../src/shared/link/recovery.js';
import { Refusals } from '../../src/shared/link/refusals.js';
import { Session } from '../../src/shared/link/session.js';
import { peek, Transport } from '../../src/shared/link/transport.js';
import { operationCall } from '../../src/shared/wire/call.js';
import { Type, defineOperation } from '../../src/shared/sdk/declaration.js';

/** In the manner of 9.12: bytes of unknown length, or an error object. */
const clip = defineOperation({
  id: 'clip',
  section: '9.12',
  title: 'Clip',
  description: '',
  domain: 'recording',
  method: 'GET',
  path: '/clip',
  query: Type.Object({}),
  reply: { as: 'stream', mediaType: 'video/x-msvideo', magic: '52494646' },
  effect: 'read',
  pace: 'download',
  anonymous: true,
});

let server: Server;
let transport: Transport;

async function answer(listener: RequestListener, timeout?: number): Promise<unknown> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const settings = completeOptions({ host: '127.0.0.1', port, username: 'u', password: 'p' });
  transport = new Transport(settings);
  const session = new Session(transport, settings, () => undefined);
  const refusals = new Refusals(session, settings.clock);
  const caller = new Caller(transport, session, settings, refusals, new Recovery());
  return caller.carryOut(operationCall(clip, {}), { timeout });
}

afterEach(async () => {
  await transport.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a reply of unknown length', () => {
  it('is handed on as it comes, from its first byte', async () => {
    let send: (text: string) => void = () => undefined;
    const stream = (await answer((_request, response) => {
      send = (text) => (text === '' ? response.end() : response.write(text));
      send('RI');
      setImmediate(() => send('FFone'));
    })) as Readable;
    const parts = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    expect((await parts.next()).value?.toString()).toBe('RIFFone');
    send('two');
    expect((await parts.next()).value?.toString()).toBe('two');
    send('');
    expect((await parts.next()).done).toBe(true);
  });

  it('is looked at without a trace, however small its pieces are', async () => {
    const body = new PassThrough();
    const head = peek(body, 20);
    for (let piece = 0; piece < 20; piece += 1) {
      body.write('a');
      await new Promise(setImmediate);
    }
    expect((await head).toString()).toBe('a'.repeat(20));
    expect(['readable', 'end', 'close', 'error'].map((event) => body.listenerCount(event))).toEqual(
      ['readable', 'end', 'close', 'error'].map((event) => new PassThrough().listenerCount(event)),
    );
  });

  it('ends the transfer when the reader leaves', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const stream = (await answer((_request, response) => {
      closed = once(response, 'close');
      response.write('RIFF and more to come');
    })) as Readable;
    stream.destroy();
    await expect(closed).resolves.toEqual([]);
  });

  it('may be an error object in its place', async () => {
    const outcome = answer((_request, response) => response.end('{"Result":"Error","Description":"no such clip"}'));
    await expect(outcome).rejects.toMatchObject({ code: 'NVR_REFUSED', description: 'no such clip' });
  });

  it('breaks off with an error where nothing comes for too long', async () => {
    const stream = (await answer((_request, response) => void response.write('RIFF'), 1000)) as Readable;
    await expect(stream.toArray()).rejects.toThrow();
  });
});
