import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/shared/clock.js';
import { orderKeyOf } from '../../src/shared/wire/call.js';
import { RequestQueue } from '../../src/shared/link/request-queue.js';
import { operations } from '../../src/shared/sdk/index.js';

const never = new AbortController().signal;
/** Lets everything that is ready go on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('places among the requests in flight', () => {
  const fill = async (queue: RequestQueue, count: number) =>
    Promise.all(Array.from({ length: count }, () => queue.place('user', never)));

  it('are four; the fifth waits for one to be given back', async () => {
    const queue = new RequestQueue(systemClock);
    const [first] = await fill(queue, 4);
    let admitted = false;
    const fifth = queue.place('user', never).then(() => (admitted = true));
    await settled();
    expect(admitted).toBe(false);
    first?.();
    first?.();
    await fifth;
    let sixth = false;
    void queue.place('user', never).then(() => (sixth = true));
    await settled();
    expect(sixth).toBe(false);
  });

  it('go to people before polls, whoever came first', async () => {
    const queue = new RequestQueue(systemClock);
    const taken = await fill(queue, 4);
    const order: string[] = [];
    for (const priority of ['poll', 'user', 'poll', 'user'] as const) {
      void queue.place(priority, never).then((release) => {
        order.push(priority);
        release();
      });
    }
    taken[0]?.();
    await settled();
    expect(order).toEqual(['user', 'user']);
    taken[1]?.();
    await settled();
    expect(order).toEqual(['user', 'user', 'poll', 'poll']);
  });

  it('leave one to people, however many polls there are', async () => {
    const queue = new RequestQueue(systemClock);
    let polls = 0;
    for (let count = 0; count < 6; count++) void queue.place('poll', never).then(() => (polls += 1));
    await settled();
    expect(polls).toBe(3);
    await queue.place('user', never);
  });

  it('leave two to quick requests, however many slow ones there are', async () => {
    const queue = new RequestQueue(systemClock);
    const slow: (() => void)[] = [];
    for (let count = 0; count < 3; count++) void queue.place('slow', never).then((release) => slow.push(release));
    await settled();
    expect(slow).toHaveLength(2);
    const poll = await queue.place('poll', never);
    const user = await queue.place('user', never);
    poll();
    user();
    await settled();
    expect(slow).toHaveLength(2);
    slow[0]?.();
    await settled();
    expect(slow).toHaveLength(3);
  });

  it('are not lost by who gives up waiting, even in the moment of being admitted', async () => {
    const queue = new RequestQueue(systemClock);
    const taken = await fill(queue, 4);
    const [early, late] = [new AbortController(), new AbortController()];
    const outcomes = [early, late].map(({ signal }) => queue.place('user', signal).catch((error: unknown) => error));
    early.abort(new Error('early'));
    expect(await outcomes[0]).toMatchObject({ message: 'early' });
    taken[0]?.();
    late.abort(new Error('late'));
    expect(await outcomes[1]).toMatchObject({ message: 'late' });
    await queue.place('user', never);
    await expect(queue.place('user', AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });
});

describe('turns of a lane', () => {
  it('come in order; other lanes do not wait', async () => {
    const queue = new RequestQueue(systemClock);
    const order: string[] = [];
    const first = await queue.turn('channel 1', never);
    const second = queue.turn('channel 1', never).then((end) => {
      order.push('second');
      end();
    });
    const third = queue.turn('channel 1', never).then(() => order.push('third'));
    (await queue.turn('channel 2', never))();
    await settled();
    expect(order).toEqual([]);
    first();
    await Promise.all([second, third]);
    expect(order).toEqual(['second', 'third']);
  });

  it('are waited for no longer than patience lasts; who comes later waits for all', async () => {
    const queue = new RequestQueue(systemClock);
    const first = await queue.turn('a', never);
    const second = await queue.turn('a', never, 1);
    let third = false;
    const last = queue.turn('a', never).then(() => (third = true));
    second();
    await settled();
    expect(third).toBe(false);
    first();
    await last;
    await expect(queue.turn('a', AbortSignal.abort(new Error('before')), 1)).rejects.toThrow('before');
  });

  it('pass over who gave up, but not over who is still at it', async () => {
    const queue = new RequestQueue(systemClock);
    const first = await queue.turn('a', never);
    const abort = new AbortController();
    const given = queue.turn('a', abort.signal).catch((error: unknown) => error);
    let third = false;
    const last = queue.turn('a', never).then(() => (third = true));
    abort.abort(new Error('enough'));
    expect(await given).toMatchObject({ message: 'enough' });
    await settled();
    expect(third).toBe(false);
    first();
    await last;
  });
});

it.each([
  ['a read', operations.cameraDetail, { ChannelID: 1 }, undefined],
  ['a change to a channel', operations.addEvent, { ChannelID: 2, Type: 'Motion', State: 'once' }, 'channel 2'],
  ['a change to a pin', operations.pinManualSetting, { pinID: 5, pinValue: 1 }, 'alarm-out 5'],
  ['a change to the NVR', operations.reboot, {}, 'system'],
  ['a picture', operations.getSnapshot, { ChannelID: 2 }, undefined],
  ['the settings of pictures', operations.setSnapshotSettings, { settings: [] }, 'snapshot'],
] as const)('the lane of %s', (_case, operation, params, lane) => {
  expect(orderKeyOf(operation, params)).toBe(lane);
});
