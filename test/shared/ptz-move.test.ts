import { describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { ManualClock, movePtz, type PtzMove } from '../../src/shared/index.js';
import { until } from '../support/until.js';
import { startOddNvr } from './odd-nvr.js';
import { withNvr } from './with-nvr.js';

const left: PtzMove = { channel: 1, direction: 'panLeft', duration: 5000 };

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

describe('A move of a camera', () => {
  const context = withNvr();
  const commands = () =>
    context.nvr.requests
      .filter(({ path }) => path === '/device/ptzControl')
      .map(({ query, body }) => `${query.slice(-1)} ${(JSON.parse(body) as { command: string }).command}`);
  const moving = (channel = 1) => context.nvr.ptz(channel).moving;

  it('goes on for its time, and is stopped', async () => {
    const clock = new ManualClock();
    const done = movePtz(context.client, { ...left, speed: 0.5 }, { clock });
    await until('the camera to move', () => moving() === 'pan_left');
    clock.advance(4999);
    expect(moving()).toBe('pan_left');
    clock.advance(1);
    await done;
    expect(moving()).toBeUndefined();
    expect(commands()).toEqual(['1 pan_left', '1 stop']);
    expect(context.nvr.requests.find(({ path }) => path === '/device/ptzControl')?.body).toContain('"speed":0.5');
    expect(clock.pending).toBe(0);
  });

  it('is stopped once its signal aborts, and ends with the reason', async () => {
    const clock = new ManualClock();
    const abort = new AbortController();
    const reason = new Error('the button was released');
    const done = movePtz(context.client, left, { clock, signal: abort.signal }).catch((error: unknown) => error);
    await until('the camera to move', () => moving() === 'pan_left');
    abort.abort(reason);
    // Whether its answer was here already is not told: a second stop may be on its way.
    expect(await finish(clock, done)).toBe(reason);
    expect(moving()).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  it('is stopped when the client closes', async () => {
    const clock = new ManualClock();
    const done = movePtz(context.client, left, { clock }).catch((error: unknown) => error);
    await until('the camera to move', () => moving() === 'pan_left');
    await context.client.close();
    expect(moving()).toBeUndefined();
    expect(await done).toMatchObject({ code: 'CLOSED' });
    expect(clock.pending).toBe(0);
    await expect(movePtz(context.client, left)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('gives way to a later one of the same camera, which then stops it', async () => {
    const clock = new ManualClock();
    const first = movePtz(context.client, left, { clock });
    await until('the camera to move', () => moving() === 'pan_left');
    const second = movePtz(context.client, { ...left, direction: 'tiltUp', duration: 8000 }, { clock });
    await first;
    await until('the camera to turn', () => moving() === 'tilt_up');
    clock.advance(7999);
    expect(moving()).toBe('tilt_up');
    clock.advance(1);
    await second;
    expect(commands()).toEqual(['1 pan_left', '1 tilt_up', '1 stop']);
  });

  it('leaves other cameras alone', async () => {
    const clock = new ManualClock();
    const first = movePtz(context.client, left, { clock });
    const second = movePtz(context.client, { ...left, channel: 2, duration: 9000 }, { clock });
    await until('both to move', () => moving(1) && moving(2));
    clock.advance(5000);
    await first;
    expect([moving(1), moving(2)]).toEqual([undefined, 'pan_left']);
    clock.advance(4000);
    await second;
    expect(moving(2)).toBeUndefined();
  });

  it.each<[string, object]>([
    ['ChannelID', { channel: 0 }],
    ['speed', { speed: -1 }],
    ['direction', { direction: 'stopMove' }],
    ['direction', { direction: 'toString' }],
    ['duration', { duration: 0 }],
    ['duration', { duration: NaN }],
    ['duration', { duration: 2 ** 31 }],
  ])('with a wrong %s (%j) is not sent, and does not end another one', async (path, wrong) => {
    const clock = new ManualClock();
    const good = movePtz(context.client, left, { clock });
    await until('the camera to move', () => moving() === 'pan_left');
    await expect(movePtz(context.client, { ...left, ...wrong }, { clock })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER',
      path,
    });
    expect(moving()).toBe('pan_left');
    clock.advance(5000);
    await good;
    expect(commands()).toEqual(['1 pan_left', '1 stop']);
  });

  it('is not sent where its signal was aborted before', async () => {
    const reason = new Error('too late');
    await expect(movePtz(context.client, left, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(context.nvr.requests).toEqual([]);
  });
});

describe('A move of a camera at an odd NVR', () => {
  type Answer = (response: ServerResponse) => unknown;
  const ok: Answer = () => ({ Result: 'OK' });
  const lost: Answer = (response) => void response.socket?.destroy();
  const never: Answer = () => undefined;
  const refused: Answer = () => ({ Result: 'Error', Description: 'no PTZ' });
  const unavailable: Answer = (response) => {
    response.statusCode = 503;
    return {};
  };

  /** `stops`: answers to one stop after the other, the last one to all further ones. */
  async function nvr(move: Answer, stops: readonly Answer[] = [ok]) {
    const commands: string[] = [];
    const { client } = await startOddNvr({
      'POST /device/ptzControl': (_request, response, body) => {
        const { command } = JSON.parse(body) as { command: string };
        const stopsBefore = commands.filter((other) => other === 'stop').length;
        commands.push(command);
        return (command === 'stop' ? (stops[stopsBefore] ?? stops.at(-1) ?? ok) : move)(response);
      },
    });
    return { client, commands };
  }

  it.each<[string, Answer, readonly Answer[], string, readonly string[]]>([
    ['whose answer is lost is stopped, twice', lost, [ok], 'OUTCOME_UNKNOWN', ['stop', 'stop']],
    ['that is never answered is stopped, twice', never, [ok], 'OUTCOME_UNKNOWN', ['stop', 'stop']],
    ['whose answer makes no sense is stopped, twice', unavailable, [ok], 'OUTCOME_UNKNOWN', ['stop', 'stop']],
    ['that is refused is stopped all the same', refused, [ok], 'NVR_REFUSED', ['stop']],
    ['whose stop fails at first is stopped again', ok, [unavailable, lost, ok], 'done', ['stop', 'stop', 'stop']],
    ['that cannot be stopped says so', ok, [lost], 'OUTCOME_UNKNOWN', ['stop', 'stop', 'stop', 'stop']],
    ['whose stop is refused says so', ok, [refused], 'OUTCOME_UNKNOWN', ['stop', 'stop', 'stop', 'stop']],
  ])('%s', async (_case, move, stops, outcome, expected) => {
    const clock = new ManualClock();
    const { client, commands } = await nvr(move, stops);
    const done = movePtz(client, left, { clock }).then(
      () => 'done',
      (error: { code: string }) => error.code,
    );
    await until('the move to arrive', () => commands.length > 0);
    expect(await finish(clock, done)).toBe(outcome);
    expect(commands).toEqual(['pan_left', ...expected]);
    expect(clock.pending).toBe(0);
    // Nobody waited for the time-out of a call.
    expect(clock.now()).toBeLessThan(20_000);
  });

  it('that is not answered yet gives way, too', async () => {
    const clock = new ManualClock();
    const { client, commands } = await nvr(never);
    const first = movePtz(client, left, { clock });
    await until('the move to arrive', () => commands.length === 1);
    const second = movePtz(client, { ...left, direction: 'zoomIn' }, { clock });
    await first;
    await until('the later move to arrive', () => commands.length === 2);
    await expect(finish(clock, second)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(commands).toEqual(['pan_left', 'zoom_in', 'stop', 'stop']);
  });

  it('that takes over and is refused has the earlier one to stop, too', async () => {
    const clock = new ManualClock();
    const answers = [ok, refused];
    const { client, commands } = await nvr((response) => answers.shift()?.(response), [unavailable, ok]);
    const first = movePtz(client, left, { clock });
    await until('the move to arrive', () => commands.length === 1);
    const second = movePtz(client, { ...left, direction: 'zoomIn' }, { clock });
    await first;
    await expect(finish(clock, second)).rejects.toMatchObject({ code: 'NVR_REFUSED' });
    expect(commands).toEqual(['pan_left', 'zoom_in', 'stop', 'stop']);
  });

  it('is stopped although another change to the camera is never answered', async () => {
    const clock = new ManualClock();
    const { client, commands } = await nvr((response) => (commands.length === 1 ? ok : never)(response));
    const done = movePtz(client, left, { clock });
    await until('the move to arrive', () => commands.length === 1);
    const other = client.ptz.gotoPreset({ ChannelID: 1, preset_token: '1' }).catch((error: unknown) => error);
    await until('the other change to arrive', () => commands.length === 2);
    let answered = false;
    void other.then(() => (answered = true));
    await finish(clock, done);
    expect(answered).toBe(false);
    expect(commands).toEqual(['pan_left', 'goto_preset', 'stop']);
  });

  it('that the client cannot end leaves no timer behind when it closes', async () => {
    const clock = new ManualClock();
    const { client, commands } = await nvr(ok, [lost]);
    const done = movePtz(client, left, { clock }).catch((error: unknown) => error);
    await until('the move to arrive', () => commands.length === 1);
    await client.close();
    expect(commands).toEqual(['pan_left', 'stop', 'stop', 'stop', 'stop']);
    expect(await done).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(clock.pending).toBe(0);
  });
});
