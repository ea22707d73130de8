import { expect, it } from '@jest/globals';
import { LiveOutput, outputSettings } from '../../src/node-red/nodes/live/output.js';
import { type LiveFeedListener, ManualClock, type Nvr } from '../../src/shared/index.js';
import { until } from '../support/until.js';

/** An NVR whose streams are lost at once, and whose snapshots come when they are let. */
function slowNvr() {
  const asked: ((jpeg: Buffer) => void)[] = [];
  const feed = () => ({
    subscribe: (listener: LiveFeedListener) => {
      queueMicrotask(() => listener.interrupted?.(undefined));
      return { close: () => undefined };
    },
  });
  const takeSnapshot = () => new Promise<Buffer>((resolve) => void asked.push(resolve));
  return { asked, client: { feed, takeSnapshot, address: 'nvr:80' } as unknown as Nvr };
}

it('pictures by themselves do not pile up where they are slow: those left out are counted and told', async () => {
  const { asked, client } = slowNvr();
  const clock = new ManualClock();
  const sent: Record<string, unknown>[] = [];
  let left = 0;
  const output = new LiveOutput({
    ...outputSettings({ output: 'jpeg', perMinute: 60 }),
    ...{ client, stream: 'main', clock, source: { operation: 'live', nvr: 'Office', channel: 2 } },
    send: (message) => void sent.push(message),
    dropped: () => void (left += 1),
    ...{ seen: () => undefined, count: () => left, failed: () => undefined },
  });
  clock.advance(0);
  await until('the first to be asked for', () => asked.length === 1);
  clock.advance(1000);
  clock.advance(1000);
  expect([asked.length, left, sent.length]).toEqual([1, 2, 0]);
  asked[0]?.(Buffer.from('jpeg'));
  await until('it to be sent', () => sent.length === 1);
  expect(sent[0]).toMatchObject({ topic: 'Office/2/picture', everfocus: { channel: 2, dropped: 2 } });
  clock.advance(1000);
  await until('the next to be asked for', () => asked.length === 2);
  output.close();
  asked[1]?.(Buffer.from('jpeg'));
  clock.advance(5000);
  expect([asked.length, sent.length]).toEqual([2, 1]);
});
