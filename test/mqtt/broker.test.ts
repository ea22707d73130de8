import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Broker, type Incoming } from '../../src/mqtt/broker/broker.js';
import { silentLogger, systemClock } from '../../src/shared/index.js';
import { LimitCounters } from '../../src/shared/internal.js';
import { until } from '../support/until.js';

/** CONNACK of MQTT 5 without properties. */
const WELCOME = Buffer.from([0x20, 0x03, 0x00, 0x00, 0x00]);

/** QoS 0, `ON` to `do/5/set`. */
const KEPT = Buffer.from('\x30\x0d\x00\x08do/5/set\x00ON', 'latin1');

/** A broker that welcomes whoever comes, `kept` to those who come again, and says nothing else. */
async function silentBroker(kept = Buffer.alloc(0)) {
  let heard = '';
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const isFirst = sockets.push(socket) === 1;
    socket.on('error', () => undefined);
    socket.once('data', () => void socket.write(isFirst ? WELCOME : Buffer.concat([WELCOME, kept])));
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    heard: () => heard,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

describe('The connection to a broker that takes its time to answer', () => {
  const connect = (port: number) => {
    const lines: string[] = [];
    const logger = { ...silentLogger, warn: (line: string) => void lines.push(line) };
    const config = { host: '127.0.0.1', port, tls: false, clientId: 'test', version: '5' } as const;
    const messages: Incoming[] = [];
    let isUp = false;
    const broker = new Broker(
      {
        config,
        will: { topic: 'status', payload: 'offline' },
        clock: systemClock,
        logger,
        limits: new LimitCounters(logger),
      },
      {
        connected: () => (isUp = true),
        disconnected: () => (isUp = false),
        message: (message) => void messages.push(message),
      },
    );
    broker.subscribe(['first/set']);
    broker.open();
    return { broker, lines, messages, isUp: () => isUp };
  };

  it('listens also to what is added before the answer', async () => {
    await using slow = await silentBroker();
    const { broker, isUp } = connect(slow.port);
    await until('the welcome', isUp);
    broker.subscribe(['second/set']);
    await until('both to be asked for', () => /first\/set[^]*second\/set/.test(slow.heard()));
    slow.cut();
    await broker.close();
  });

  it('does not call it a refusal where the connection ends first', async () => {
    await using slow = await silentBroker();
    const { broker, lines } = connect(slow.port);
    await until('the question', () => slow.heard().includes('first/set'));
    slow.cut();
    await until('the end to be told', () => lines.some((line) => line.includes('the broker is away')));
    expect(lines.join()).not.toContain('does not let us listen');
    await broker.close();
  });

  it('takes what was kept for it as stale, also where the connection before ended without the answer', async () => {
    await using slow = await silentBroker(KEPT);
    const { broker, messages } = connect(slow.port);
    await until('the question', () => slow.heard().includes('first/set'));
    slow.cut();
    const message = await until('what was kept', () => messages[0]);
    expect(message).toMatchObject({ topic: 'do/5/set', retained: false, stale: true });
    slow.cut();
    await broker.close();
  });
});
