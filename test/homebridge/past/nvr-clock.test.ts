import * as hap from '@homebridge/hap-nodejs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { API, CameraControllerOptions, CameraStreamingDelegate } from 'homebridge';
import { PlatformAccessory } from '../../../node_modules/homebridge/dist/platformAccessory.js';
import { Simulator } from '../../../packages/simulator/src/index.js';
import type { PastContext } from '../../../src/homebridge/accessories/context.js';
import { dayBefore } from '../../../src/homebridge/past/moments.js';
import { PastCamera } from '../../../src/homebridge/past/past-camera.js';
import { PicturePool } from '../../../src/homebridge/snapshot/picture-pool.js';
import { ManualClock, Nvr, operations, systemClock } from '../../../src/shared/index.js';
import { showTime } from '../../../src/shared/internal.js';
import { until } from '../../support/until.js';
import { anyFfmpeg, recordingLogger } from '../live/camera.js';

const { On, ConfiguredName } = hap.Characteristic;
const NOW = Date.UTC(2026, 2, 1, 12);
/** s */
const AHEAD = 600;

let nvrClock: ManualClock;
let simulator: Simulator;
let client: Nvr;
let pictures: PicturePool;
let clock: ManualClock;
let camera: PastCamera;
let accessory: PlatformAccessory<PastContext>;
let delegate: CameraStreamingDelegate | undefined;
let logger: ReturnType<typeof recordingLogger>;
/** How often the NVR was asked for its time, and has answered or refused. */
let asked: number;
let refused: boolean;

beforeEach(async () => {
  nvrClock = new ManualClock(NOW);
  simulator = await Simulator.start({ cameras: 2, clock: nvrClock });
  simulator.faults.clockJump(AHEAD);
  client = new Nvr({ host: simulator.host, port: simulator.port, username: 'admin', password: 'admin123' });
  [asked, refused] = [0, false];
  const call = client.call.bind(client) as (...args: unknown[]) => Promise<unknown>;
  client.call = (async (operation: unknown, ...args: unknown[]) => {
    if (operation !== operations.getTime) return call(operation, ...args);
    try {
      if (refused) throw new Error('403');
      return await call(operation, ...args);
    } finally {
      asked += 1;
    }
  }) as Nvr['call'];
});
afterEach(async () => {
  await camera.close();
  await until('no timer is left', () => clock.pending === 0);
  await pictures.close();
  await client.close();
  await simulator.stop();
});

async function open(): Promise<void> {
  client.state.watch({ list: true }, () => undefined);
  const ffmpeg = await anyFfmpeg();
  pictures = new PicturePool({ ffmpeg, clock: systemClock });
  clock = new ManualClock(NOW);
  logger = recordingLogger();
  accessory = new PlatformAccessory<PastContext>('House past', hap.uuid.generate('past'), 17);
  accessory.context = { kind: 'past', nvr: { name: 'House', address: '127.0.0.1:80' } };
  class CameraController extends hap.CameraController {
    constructor(options: CameraControllerOptions) {
      super(options);
      ({ delegate } = options);
    }
  }
  camera = new PastCamera({
    api: { hap: { ...hap, CameraController } } as unknown as API,
    ...{ accessory, client, clock, logger, ffmpeg, pictures, types: [] },
    ...{ watched: () => undefined, isHidden: () => false, save: () => undefined },
  });
}

/** Both of them go on. */
function pass(ms: number): void {
  nvrClock.advance(ms);
  clock.advance(ms);
}

/** The switch is pressed. @returns the line that says what is played */
async function press(name: string): Promise<string> {
  await until('the list of cameras', () => client.state.cameras?.length === 2);
  const before = logger.lines.length;
  const service = accessory.services.find(
    (each) => each.testCharacteristic(ConfiguredName) && each.displayName === name,
  );
  await service?.getCharacteristic(On).handleSetRequest(true, {} as never);
  const told = () => logger.lines.slice(before).find((line) => line.startsWith(`${name}: `));
  return (await until(`an answer to "${name}"`, told)) ?? '';
}

/** Somebody looks at the tile. @returns what the NVR is asked to play: camera, and its time by the clock of the NVR, ms */
async function played(): Promise<{ channel: number; time: number }> {
  const before = simulator.requests.length;
  delegate?.handleSnapshotRequest({ width: 320, height: 180 }, () => undefined);
  const { path, query } = await until('a playback', () =>
    simulator.requests.slice(before).find(({ path: at, upgrade }) => upgrade && at.startsWith('/playback/')),
  );
  return {
    channel: Number(path.split('/')[2]),
    time: Number(new URLSearchParams(query).get('time')) * 1000,
  };
}

const plays = (channel: number, time: number) => `plays camera ${channel} from ${showTime(new Date(time))} on`;

describe('with an NVR whose clock is ten minutes ahead', () => {
  beforeEach(open);

  it('30 seconds back are 30 seconds ago, and said by our clock', async () => {
    expect(await press('30 seconds back')).toContain(plays(1, NOW - 30_000));
    expect(await played()).toEqual({ channel: 1, time: NOW + AHEAD * 1000 - 30_000 });
  });

  it('so they are where nothing was pressed', async () => {
    await until('its time', () => asked > 0);
    await until('the list of cameras', () => client.state.cameras?.length === 2);
    expect(await played()).toEqual({ channel: 1, time: NOW + AHEAD * 1000 - 30_000 });
  });

  it('yesterday is a day before', async () => {
    expect(await press('Yesterday at this time')).toContain(plays(1, dayBefore(NOW)));
    expect(await played()).toEqual({ channel: 1, time: dayBefore(NOW) + AHEAD * 1000 });
  });

  it('the last event is the one that has just been', async () => {
    pass(60_000);
    simulator.motion(2, 1);
    pass(5000);
    // Recorded from 10 s before on.
    expect(await press('Last event')).toContain(plays(2, NOW + 50_000));
    expect(await played()).toEqual({ channel: 2, time: NOW + AHEAD * 1000 + 50_000 });
    expect(await press('Next event')).toBe('Next event: there is none');
  });
});

describe('an NVR', () => {
  it('is asked for its time again every ten minutes, while it is there', async () => {
    await open();
    await until('its time', () => asked === 1);
    await until('the list of cameras', () => client.state.cameras?.length === 2);
    simulator.faults.clockJump(3000);
    clock.advance(600_000);
    await until('its time again', () => asked === 2);
    expect(await played()).toEqual({ channel: 1, time: NOW + (AHEAD + 3000) * 1000 - 30_000 });
  });

  it('that does not tell its time is taken to have ours', async () => {
    refused = true;
    await open();
    expect(await press('30 seconds back')).toContain(plays(1, NOW - 30_000));
    expect(await played()).toEqual({ channel: 1, time: NOW - 30_000 });
  });
});
