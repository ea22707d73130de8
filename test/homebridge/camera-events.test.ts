import * as hap from '@homebridge/hap-nodejs';
import { describe, expect, it } from '@jest/globals';
import type { API, PlatformAccessory } from 'homebridge';
import { CameraAccessory } from '../../src/homebridge/accessories/camera-accessory.js';
import type { CameraContext } from '../../src/homebridge/accessories/context.js';
import type { CameraStreaming } from '../../src/homebridge/camera-streaming.js';
import { type CameraConfiguration, plainCamera } from '../../src/homebridge/config.js';
import { offeredAudioCodec } from '../../src/homebridge/live/audio-policy.js';
import { streamingOptions } from '../../src/homebridge/live/homekit-settings.js';
import { type Interest, ManualClock, type StateChange } from '../../src/shared/index.js';

const { Characteristic, Service } = hap;
const { MotionDetected, OccupancyDetected, ContactSensorState, ProgrammableSwitchEvent, StatusActive } = Characteristic;

const nvr = { name: 'House', address: 'x:80' };
const listed = { channel: 1, enabled: true, name: 'Gate' };

/** The accessory of a camera, to which the test tells what the NVR says. */
function camera(settings: Partial<CameraConfiguration> = {}, accessory = newAccessory()) {
  const clock = new ManualClock();
  let say: (change: StateChange) => void = () => undefined;
  let interest: Interest = {};
  const opened = () => ({
    controllerOptions: {
      cameraStreamCount: 1,
      delegate: {} as unknown as CameraStreaming,
      streamingOptions: streamingOptions(offeredAudioCodec(new Set()), false),
    },
    obstacle: undefined,
    close: () => Promise.resolve(),
  });
  const shown = new CameraAccessory({
    api: { hap } as unknown as API,
    accessory: accessory as unknown as PlatformAccessory<CameraContext>,
    open: () => opened() as unknown as CameraStreaming,
    record: () => undefined,
    feeds: () => () => {
      throw new Error('no feed here');
    },
    settings: (channel) => ({ ...plainCamera(channel), ...settings }),
    watch: (wanted, listener) => {
      [interest, say] = [wanted, listener];
      return { close: () => undefined };
    },
    clock,
    save: () => undefined,
  });
  let rings = 0;
  accessory
    .getService(Service.Doorbell)
    ?.getCharacteristic(ProgrammableSwitchEvent)
    .on('change' as never, () => (rings += 1));
  const event = (type: string, active: boolean) => say({ kind: 'event', channel: 1, type, active, cause: 'event' });
  const value = (service: typeof Service.MotionSensor, type: typeof MotionDetected) =>
    accessory.getService(service)?.getCharacteristic(type).value;
  return {
    ...{ accessory, shown, clock, event, interest },
    say: (change: StateChange) => say(change),
    rings: () => rings,
    motion: () => value(Service.MotionSensor, MotionDetected),
    occupied: () => value(Service.OccupancySensor, OccupancyDetected),
    contact: () => value(Service.ContactSensor, ContactSensorState),
    contactActive: () => value(Service.ContactSensor, StatusActive),
  };
}

function newAccessory() {
  const context: CameraContext = { kind: 'camera', nvr, channel: 1, name: 'Gate' };
  return Object.assign(new hap.Accessory('Gate', hap.uuid.generate('gate')), { context });
}

/** As Homebridge restores it. */
function restored(accessory: ReturnType<typeof newAccessory>) {
  const copy = hap.Accessory.deserialize(hap.Accessory.serialize(accessory));
  return Object.assign(copy, { context: accessory.context });
}

describe('motion', () => {
  it('is what the user counts as motion, while any of it lasts', () => {
    const { event, motion, interest } = camera({ motion: ['Motion', 'Intellegent'] });
    expect(interest.events).toMatchObject({ channels: [1], types: expect.arrayContaining(['Intellegent']) });
    event('Tag', true);
    expect(motion()).toBe(false);
    event('intellegent', true);
    event('Motion', true);
    event('Motion', false);
    expect(motion()).toBe(true);
    event('Intellegent', false);
    expect(motion()).toBe(false);
  });

  it('lasts on for the time that the user wants, and anew after each', () => {
    const { event, motion, clock, say } = camera({ hold: 10 });
    event('Motion', true);
    clock.advance(60_000);
    event('Motion', false);
    clock.advance(9000);
    event('Motion', true);
    event('Motion', false);
    clock.advance(9999);
    expect(motion()).toBe(true);
    clock.advance(1);
    expect(motion()).toBe(false);
    expect(clock.pending).toBe(0);
    // What Home was told while the NVR goes away stays the last word.
    event('Motion', true);
    say({ kind: 'events', known: false });
    expect(motion()).toBe(true);
  });

  it('ends at once where the camera has gone', () => {
    const { event, motion, shown, clock } = camera({ hold: 10, occupancy: 60 });
    event('Motion', true);
    event('Motion', false);
    shown.miss(1, true);
    expect(motion()).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('leaves no timer behind', async () => {
    const { event, shown, clock } = camera({ hold: 10, occupancy: 60 });
    event('Motion', true);
    event('Motion', false);
    expect(clock.pending).toBe(2);
    await shown.close();
    expect(clock.pending).toBe(0);
  });
});

describe('occupancy', () => {
  it('lasts on after the last motion, independent of that', () => {
    const { event, motion, occupied, clock } = camera({ occupancy: 300 });
    expect(occupied()).toBe(0);
    event('Motion', true);
    event('Motion', false);
    expect([motion(), occupied()]).toEqual([false, 1]);
    clock.advance(300_000);
    expect(occupied()).toBe(0);
  });

  it('is gone with the setting, and the rest stays', () => {
    const { accessory } = camera({ occupancy: 300 });
    const again = restored(accessory);
    expect(again.getService(Service.OccupancySensor)).toBeDefined();
    expect(camera({}, again).occupied()).toBeUndefined();
    expect(again.getService(Service.MotionSensor)).toBeDefined();
  });
});

describe("the camera's alarm input", () => {
  it('is a contact sensor where the camera has one, which stays when the NVR tells of none', () => {
    const { shown, contact, contactActive, event, say, accessory } = camera();
    expect(contact()).toBeUndefined();
    shown.describe(listed, nvr, true);
    expect(contactActive()).toBe(false);
    say({ kind: 'camera', channel: 1, camera: { channel: 1, online: true } });
    say({ kind: 'events', known: true });
    expect([contact(), contactActive()]).toEqual([ContactSensorState.CONTACT_DETECTED, true]);
    event('InputAlarm', true);
    expect(contact()).toBe(ContactSensorState.CONTACT_NOT_DETECTED);
    shown.describe(listed, nvr, false);
    expect(contact()).toBe(ContactSensorState.CONTACT_NOT_DETECTED);
    expect(camera({}, restored(accessory)).contact()).toBeDefined();
  });
});

describe('a doorbell', () => {
  it('rings at an event of the camera when it begins, once within two seconds', () => {
    const { event, say, rings, clock } = camera({ doorbell: { by: 'event', type: 'InputAlarm' } });
    say({ kind: 'event', channel: 1, type: 'InputAlarm', active: true, first: true });
    expect(rings()).toBe(0);
    for (const active of [true, false, true, false]) event('inputalarm', active);
    event('Motion', true);
    expect(rings()).toBe(1);
    clock.advance(2000);
    event('InputAlarm', true);
    expect(rings()).toBe(2);
  });

  it('rings at an alarm input of the NVR when that goes on, and not for what was on when it became known', () => {
    const { say, rings, interest } = camera({ doorbell: { by: 'pin', pin: 3 } });
    expect(interest).toMatchObject({ pins: true });
    const input = (pin: number, on: boolean | undefined) => say({ kind: 'input', pin, on });
    input(3, true);
    input(2, false);
    input(2, true);
    input(3, undefined);
    input(3, true);
    expect(rings()).toBe(0);
    input(3, false);
    input(3, true);
    expect(rings()).toBe(1);
  });

  it('becomes a camera again without the setting, and keeps its motion sensor', () => {
    const { accessory } = camera({ doorbell: { by: 'event', type: 'InputAlarm' } });
    expect(accessory.getService(Service.Doorbell)).toBeDefined();
    const again = restored(accessory);
    camera({}, again);
    expect(again.getService(Service.Doorbell)).toBeUndefined();
    expect(again.getService(Service.MotionSensor)).toBeDefined();
    expect(again.getService(Service.CameraRTPStreamManagement)).toBeDefined();
  });

  it('does not ring for a camera that has another place', () => {
    const { event, rings, shown } = camera({ doorbell: { by: 'event', type: 'InputAlarm' } });
    shown.miss(1, true);
    event('InputAlarm', true);
    expect(rings()).toBe(0);
  });
});
