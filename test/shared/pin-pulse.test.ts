import { describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { ManualClock, operations, pulsePin } from '../../src/shared/index.js';
import { until } from '../support/until.js';
import { startOddNvr } from './odd-nvr.js';
import { withNvr } from './with-nvr.js';

/** Moves on whenever somebody waits, until the work ends. */
async function finish<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  let ended = false;
  const end = () => (ended = true);
  work.then(end, end);
  await until('the end', () => {
    if (clock.pending > 0) clock.advance(500);
    return ended;
  });
  return work;
}

describe('A pulse of a pin', () => {
  const context = withNvr();
  const isOn = async (pin: number) => {
    const { pin_value } = await context.client.call(operations.getPinStatus);
    return pin_value.find(({ pinNum }) => pinNum === pin)?.pinVal === 1;
  };
  const commands = () =>
    context.nvr.requests
      .filter(({ path }) => path === '/dio/pinManualSetting')
      .map(({ body }) => JSON.parse(body) as unknown)
      .map((body) => Object.values(body as object).join(' '));

  it('is on for its time, and goes off', async () => {
    const clock = new ManualClock();
    const done = pulsePin(context.client, 5, { duration: 1000, clock });
    await until('the pin to be on', () => isOn(5));
    clock.advance(999);
    expect(await isOn(5)).toBe(true);
    clock.advance(1);
    await done;
    expect(await isOn(5)).toBe(false);
    expect(commands()).toEqual(['5 1', '5 0']);
    expect(clock.pending).toBe(0);
  });

  it('goes off once its signal aborts, and ends with the reason', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const reason = new Error('enough');
    const done = pulsePin(context.client, 5, { duration: 60_000, clock, signal: abort.signal }).catch((error) => error);
    await until('the pin to be on', () => isOn(5));
    abort.abort(reason);
    expect(await finish(clock, done)).toBe(reason);
    expect(await isOn(5)).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('goes off when the client closes', async () => {
    const clock = new ManualClock();
    const other = context.connect();
    const done = pulsePin(other, 5, { duration: 60_000, clock }).catch((error) => error);
    await until('the pin to be on', () => isOn(5));
    await other.close();
    expect(await isOn(5)).toBe(false);
    expect(await done).toMatchObject({ code: 'CLOSED' });
    expect(clock.pending).toBe(0);
  });

  it('is prolonged by a later one, and leaves other pins alone', async () => {
    const clock = new ManualClock();
    const first = pulsePin(context.client, 5, { duration: 1000, clock });
    const other = pulsePin(context.client, 6, { duration: 1000, clock });
    await until('both to be on', async () => (await isOn(5)) && (await isOn(6)));
    const second = pulsePin(context.client, 5, { duration: 3000, clock });
    await first;
    await until('the later command to arrive', () => commands().filter((command) => command === '5 1').length === 2);
    clock.advance(1000);
    await other;
    expect([await isOn(5), await isOn(6)]).toEqual([true, false]);
    clock.advance(2000);
    await second;
    expect(await isOn(5)).toBe(false);
    expect(commands().filter((command) => command === '5 0')).toHaveLength(1);
  });

  it.each<[string, number, number]>([
    ['duration', 5, 49],
    ['duration', 5, 3_600_001],
    ['duration', 5, NaN],
    ['pinID', 0, 1000],
    ['pinID', 1.5, 1000],
  ])('with a wrong %s (pin %p, %p ms) is not sent', async (path, pin, duration) => {
    await expect(pulsePin(context.client, pin, { duration })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER',
      path,
    });
    expect(context.nvr.requests).toEqual([]);
  });
});

describe('A pulse of a pin at an odd NVR', () => {
  type Answer = (response: ServerResponse) => unknown;
  const ok: Answer = () => ({ Result: 'OK' });
  const lost: Answer = (response) => void response.socket?.destroy();
  const refused: Answer = () => ({ Result: 'Error', Description: 'busy' });

  /** `offs`: answers to one reset after the other, the last one to all further ones. */
  async function pulse(on: Answer, offs: readonly Answer[]) {
    const values: number[] = [];
    const { client } = await startOddNvr({
      'POST /dio/pinManualSetting': (_request, response, body) => {
        const { pinValue } = JSON.parse(body) as { pinValue: number };
        const before = values.filter((value) => value === 0).length;
        values.push(pinValue);
        return (pinValue === 1 ? on : (offs[before] ?? offs.at(-1) ?? ok))(response);
      },
    });
    const clock = new ManualClock();
    const done = pulsePin(client, 5, { duration: 1000, clock }).then(
      () => 'done',
      (error: Error & { code: string }) => `${error.code} ${/may still be on/.exec(error.message)?.[0] ?? ''}`.trim(),
    );
    await until('the command to arrive', () => values.length > 0);
    const outcome = await finish(clock, done);
    expect(clock.pending).toBe(0);
    return { outcome, values };
  }

  it.each<[string, Answer, readonly Answer[], string, readonly number[]]>([
    ['whose answer is lost is reset, twice', lost, [ok], 'OUTCOME_UNKNOWN', [1, 0, 0]],
    ['whose reset is lost is reset again', ok, [lost, refused, ok], 'done', [1, 0, 0, 0]],
    ['that cannot be reset says so', ok, [lost], 'OUTCOME_UNKNOWN may still be on', [1, 0, 0, 0, 0]],
    ['whose reset is refused says so', ok, [refused], 'OUTCOME_UNKNOWN may still be on', [1, 0, 0, 0, 0]],
    ['that was refused, as its reset is, does not', refused, [refused], 'NVR_REFUSED', [1, 0]],
  ])('%s', async (_case, on, offs, outcome, values) => {
    expect(await pulse(on, offs)).toEqual({ outcome, values });
  });
});
