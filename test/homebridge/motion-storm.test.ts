import * as hap from '@homebridge/hap-nodejs';
import { describe, expect, it } from '@jest/globals';
import type { API, PlatformAccessory } from 'homebridge';
import { CameraAccessory } from '../../src/homebridge/accessories/camera-accessory.js';
import type { CameraContext } from '../../src/homebridge/accessories/context.js';
import type { CameraStreaming } from '../../src/homebridge/camera-streaming.js';
import { plainCamera } from '../../src/homebridge/config.js';
import { offeredAudioCodec } from '../../src/homebridge/live/audio-policy.js';
import { streamingOptions } from '../../src/homebridge/live/homekit-settings.js';
import { ManualClock, silentLogger } from '../../src/shared/index.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';
import type { SocketEnvironment } from '../../src/shared/link/reconnecting-socket.js';
import type { HookListener } from '../../src/shared/push/hook.js';
import type { ChannelStatus, NvrEvent } from '../../src/shared/push/messages.js';
import { NvrState } from '../../src/shared/state/nvr-state.js';
import type { StateSources } from '../../src/shared/state/readings.js';
import { slowness, work } from '../support/work.js';

const CAMERAS = 50;
const channels = Array.from({ length: CAMERAS }, (_, index) => index + 1);

/** A hook that the test plays. */
function playedHook<Message>() {
  const listeners = new Set<HookListener<Message>>();
  return {
    listeners,
    subscribe: (listener: HookListener<Message>) => {
      listeners.add(listener);
      listener.connected?.();
      return { close: () => void listeners.delete(listener) };
    },
    say: (message: Message) => {
      for (const listener of [...listeners]) listener.message(message);
    },
    lose: () => {
      for (const listener of [...listeners]) listener.disconnected?.(undefined);
    },
    find: () => {
      for (const listener of [...listeners]) listener.connected?.();
    },
  };
}

async function house() {
  const clock = new ManualClock();
  const events = playedHook<NvrEvent>();
  const cameraStatus = playedHook<readonly ChannelStatus[]>();
  const quiet = channels.map((ChannelID) => ({ ChannelID, Online: true, Event: false }));
  const sources = { events, cameraStatus, exceptions: playedHook(), call: () => Promise.resolve(quiet) };
  const environment = { clock, logger: silentLogger, limits: new LimitCounters(silentLogger), random: () => 0.5 };
  const state = new NvrState(sources as unknown as StateSources, environment as unknown as SocketEnvironment);
  let updates = 0;
  const accessories = channels.map((channel) => {
    const context: CameraContext = {
      kind: 'camera',
      nvr: { name: 'House', address: 'x:80' },
      channel,
      name: `C${channel}`,
    };
    const accessory = Object.assign(new hap.Accessory(`C${channel}`, hap.uuid.generate(`${channel}`)), { context });
    const delegate = {} as unknown as CameraStreaming;
    let streaming: Pick<CameraStreaming, 'obstacle'> | undefined;
    const options = {
      cameraStreamCount: 1,
      delegate,
      streamingOptions: streamingOptions(offeredAudioCodec(new Set()), false),
    };
    const shown = new CameraAccessory({
      api: { hap } as unknown as API,
      accessory: accessory as unknown as PlatformAccessory<CameraContext>,
      open: () => {
        const stand = () => undefined;
        const opened = { controllerOptions: options, obstacle: undefined, stand, close: () => Promise.resolve() };
        streaming = opened;
        return opened as unknown as CameraStreaming;
      },
      record: () => undefined,
      feeds: () => () => {
        throw new Error('no feed here');
      },
      settings: plainCamera,
      watch: (interest, listener) => state.watch(interest, listener),
      clock,
      ...{ faults: false, recordByHand: () => Promise.resolve(), logger: silentLogger },
      save: () => undefined,
    });
    const sensor = accessory.getService(hap.Service.MotionSensor);
    if (!sensor) throw new Error('a camera has a motion sensor');
    const update = sensor.updateCharacteristic.bind(sensor) as (...args: unknown[]) => hap.Service;
    sensor.updateCharacteristic = (...args: unknown[]) => {
      updates += 1;
      return update(...args);
    };
    return {
      shown,
      value: (type: typeof hap.Characteristic.MotionDetected) => sensor.getCharacteristic(type).value,
      /** Why a live view would be refused. */
      obstacle: () => streaming?.obstacle,
    };
  });
  const status = () => cameraStatus.say(channels.map((channel) => ({ channel, online: true, event: false })));
  // The status is read.
  await new Promise(setImmediate);
  status();
  return { clock, state, events, cameraStatus, accessories, status, updates: () => updates };
}

describe('fifty cameras', () => {
  it('get as many updates as there are changes, whatever the NVR sends', async () => {
    const { events, accessories, status, updates, clock, state } = await house();
    const { MotionDetected, StatusActive } = hap.Characteristic;
    expect(accessories.every(({ value }) => value(StatusActive) === true)).toBe(true);
    const before = updates();
    for (let second = 0; second < 60; second += 1) {
      status();
      clock.advance(1000);
    }
    expect(updates()).toBe(before);
    for (const channel of channels) events.say({ channel, type: 'Motion', state: 'active' });
    expect(updates() - before).toBe(CAMERAS);
    expect(accessories.every(({ value }) => value(MotionDetected) === true)).toBe(true);
    // Said again, and of what nobody shows.
    for (const channel of channels) events.say({ channel, type: 'Motion', state: 'active' });
    for (const channel of channels) events.say({ channel, type: 'Tag', state: 'once' });
    expect(updates() - before).toBe(CAMERAS);
    events.say({ channel: 7, type: 'Motion', state: 'inactive' });
    expect(updates() - before).toBe(CAMERAS + 1);
    expect(accessories.map(({ value }) => value(MotionDetected)).indexOf(false)).toBe(6);
    state.close();
    await Promise.all(accessories.map(({ shown }) => shown.close()));
    expect(clock.pending).toBe(0);
  });

  it('are faulty without picture, and while the NVR is away', async () => {
    const { events, cameraStatus, accessories, state, updates } = await house();
    const { StatusFault, StatusActive } = hap.Characteristic;
    events.say({ channel: 3, type: 'VideoLoss', state: 'active' });
    expect(accessories.map(({ value }) => value(StatusFault)).filter((fault) => fault === 1)).toEqual([1]);
    expect(accessories[2]?.value(StatusFault)).toBe(1);
    expect(accessories[2]?.value(StatusActive)).toBe(true);
    events.say({ channel: 3, type: 'VideoLoss', state: 'inactive' });
    expect(accessories[2]?.value(StatusFault)).toBe(0);
    const before = updates();
    cameraStatus.lose();
    events.lose();
    expect(accessories.every(({ value }) => value(StatusFault) === 1 && value(StatusActive) === false)).toBe(true);
    expect(updates() - before).toBe(2 * CAMERAS);
    state.close();
  });

  it('refuse live view while the NVR is known to be away, and each while its camera is off line, and no longer', async () => {
    const { events, cameraStatus, accessories, status, state } = await house();
    const obstacles = () => [...new Set(accessories.map(({ obstacle }) => obstacle()))];
    expect(obstacles()).toEqual([undefined]);
    cameraStatus.say(channels.map((channel) => ({ channel, online: channel !== 5, event: false })));
    expect(accessories[4]?.obstacle()).toBe('the NVR has the camera off line');
    expect(obstacles()).toEqual([undefined, 'the NVR has the camera off line']);
    cameraStatus.lose();
    // The other hook still hears from the NVR.
    expect(obstacles()).toEqual([undefined]);
    events.lose();
    expect(obstacles()).toEqual(['the NVR is away']);
    for (const hook of [events, cameraStatus]) hook.find();
    status();
    expect(obstacles()).toEqual([undefined]);
    state.close();
  });

  it('keep 100,000 edges cheap', async () => {
    const { events, clock, state, updates } = await house();
    const before = updates();
    const begin = work();
    for (let count = 0; count < 50_000; count += 1) {
      const channel = (count % CAMERAS) + 1;
      events.say({ channel, type: 'Motion', state: 'active' });
      events.say({ channel, type: 'Motion', state: 'inactive' });
    }
    clock.advance(1000);
    // Ten in a second, the outcome after it; it took 5.7 s once.
    expect(updates() - before).toBeLessThanOrEqual(CAMERAS * 11);
    expect((work() - begin) / slowness()).toBeLessThan(2000);
    state.close();
  });
});
