import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { HOLD_LOST } from '../../src/node-red/nodes/tile/pieces.js';
import { PtzPresses } from '../../src/node-red/nodes/tile/ptz-presses.js';
import { ManualClock, Nvr, silentLogger } from '../../src/shared/index.js';
import { until } from '../support/until.js';

let simulator: Simulator;
let client: Nvr;
let clock: ManualClock;
let presses: PtzPresses;
let failures: unknown[];
beforeEach(async () => {
  simulator = await Simulator.start();
  const account = { username: 'admin', password: 'admin123' };
  client = new Nvr({ host: '127.0.0.1', port: simulator.port, ...account, logger: silentLogger });
  clock = new ManualClock();
  failures = [];
  presses = new PtzPresses({ client, clock, failed: (error) => failures.push(error) });
});
/** Where a stop is sent once more after a while, that is over at once. */
async function closed(): Promise<void> {
  let isClosed = false;
  void presses.close().then(() => (isClosed = true));
  await until('the presses to be over', () => {
    clock.advance(500);
    return isClosed;
  });
}
afterEach(async () => {
  await closed();
  await client.close();
  await simulator.stop();
});

const moving = () => simulator.ptz(1).moving;
const moves = (direction: string) => until('the camera to move', () => moving() === direction);
const stands = () => until('the camera to stand still', () => moving() === undefined);
const commands = () =>
  simulator.requests.filter(({ path }) => path === '/device/ptzControl').map(({ body }) => JSON.parse(body).command);

describe('a button of the pad', () => {
  it('moves the camera until it is released', async () => {
    presses.move('a', 1, 'left');
    await moves('pan_left');
    presses.release('a');
    await stands();
    expect(commands()).toEqual(['pan_left', 'stop']);
  });

  it('that nobody speaks of any more is released', async () => {
    presses.move('a', 1, 'up');
    await moves('tilt_up');
    clock.advance(HOLD_LOST - 1);
    presses.hold('a');
    clock.advance(HOLD_LOST - 1);
    expect(moving()).toBe('tilt_up');
    clock.advance(1);
    await stands();
    expect(failures).toEqual([]);
  });

  it('that was released before it was known to be pressed moves nothing', async () => {
    presses.release('a');
    presses.move('a', 1, 'in');
    presses.move('b', 1, 'out');
    await moves('zoom_out');
    expect(commands()).toEqual(['zoom_out']);
  });

  it('takes over from another, and the camera is stopped once', async () => {
    presses.move('a', 1, 'left');
    await moves('pan_left');
    presses.move('b', 1, 'right');
    await moves('pan_right');
    presses.release('a');
    presses.hold('a');
    expect(moving()).toBe('pan_right');
    presses.release('b');
    await stands();
    expect(commands().slice(0, 3)).toEqual(['pan_left', 'pan_right', 'stop']);
  });

  it('is released by a deploy, which waits for the camera', async () => {
    presses.move('a', 1, 'down');
    await moves('tilt_down');
    await closed();
    expect(moving()).toBeUndefined();
  });

  it('says what went wrong', async () => {
    presses.move('a', 99, 'down');
    await until('a word', () => failures.length > 0);
    expect(failures).toHaveLength(1);
  });
});
