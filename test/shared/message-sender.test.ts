import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/index.js';
import type { OpenSocket } from '../../src/shared/link/socket-connector.js';
import { MessageSender } from '../../src/shared/push/message-sender.js';
import { addMetaSocket } from '../../src/shared/sdk/events.js';

/** A connection whose peer reads nothing. */
class DeafSocket extends EventEmitter implements OpenSocket {
  readonly waiting: (() => void)[] = [];
  terminated = false;
  ping(): void {}
  pause(): void {}
  resume(): void {}
  send(_data: string | Buffer, done: (error?: Error) => void): void {
    this.waiting.push(done);
  }
  terminate(): void {
    this.terminated = true;
  }
}

describe('a sender whose NVR reads nothing', () => {
  const started = () => {
    const [socket, clock] = [new DeafSocket(), new ManualClock()];
    const wire = (Data: string) => ({ ChannelID: 1, Type: 'door', Data });
    const sender = new MessageSender(addMetaSocket, wire, socket, clock, new AbortController().signal);
    return { socket, clock, sender };
  };

  it('says so after a while, and is over', async () => {
    const { socket, clock, sender } = started();
    const sent = sender.send('open').catch((error: unknown) => error);
    clock.advance(10_001);
    expect(await sent).toMatchObject({ code: 'NVR_TIMEOUT' });
    expect(socket.terminated).toBe(true);
    await expect(sender.send('open')).rejects.toMatchObject({ code: 'NVR_UNREACHABLE' });
  });

  it('refuses one that is longer than it ever takes as what it is', async () => {
    const { socket, sender } = started();
    await expect(sender.send('x'.repeat(1024 * 1024))).rejects.toMatchObject({ code: 'INVALID_PARAMETER' });
    expect(socket.waiting).toHaveLength(0);
  });

  it('takes a megabyte of messages from whoever does not wait, and more once they are on their way', async () => {
    const { socket, sender } = started();
    const codes: string[] = [];
    const refused = (error: { code: string }) => void codes.push(error.code);
    for (let count = 0; count < 200; count++) void sender.send('x'.repeat(10_000)).catch(refused);
    await new Promise((resolve) => setImmediate(resolve));
    expect(socket.waiting).toHaveLength(104);
    expect(codes).toHaveLength(200 - 104);
    expect(new Set(codes)).toEqual(new Set(['BUSY']));
    for (const done of socket.waiting.splice(0)) done();
    await new Promise((resolve) => setImmediate(resolve));
    void sender.send('open');
    expect(socket.waiting).toHaveLength(1);
  });
});
