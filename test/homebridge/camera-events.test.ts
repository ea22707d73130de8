import * as hap from '@homebridge/hap-nodejs';
import { describe, expect, it } from '@jest/globals';
import type { API, PlatformAccessory } from 'homebridge';
import { CameraAccessory } from '../../src/homebridge/accessories/camera-accessory.js';
import { SERVICE_COMMUNICATION_FAILURE } from '../../src/homebridge/accessories/hap-values.js';
import type { CameraContext } from '../../src/homebridge/accessories/context.js';
import type { CameraStreaming } from '../../src/homebridge/camera-streaming.js';
import { type CameraConfiguration, plainCamera } from '../../src/homebridge/config.js';
import { offeredAudioCodec } from '../../src/homebridge/live/audio-policy.js';
import { streamingOptions } from '../../src/homebridge/live/homekit-settings.js';
import type { CameraRecorder } from '../../src/homebridge/recording/camera-recorder.js';
import { recordingOptions } from '../../src/homebridge/recording/recording-settings.js';
import {
  type Interest,
  ManualClock,
  NvrUnreachableError,
  silentLogger,
  type StateChange,
} from '../../src/shared/index.js';

const { Characteristic, Service } = hap;
const { MotionDetected, OccupancyDetected, ContactSensorState, ProgrammableSwitchEvent, StatusActive } = Characteristic;

const nvr = { name: 'House', address: 'x:80' };
const listed = { channel: 1, enabled: true, name: 'Gate' };

/** The accessory of a camera, to which the test tells what the NVR says. */
function camera(settings: Partial<CameraConfiguration> = {}, accessory = newAccessory(), faults = false) {
  const clock = new ManualClock();
  const commands: [channel: number, on: boolean][] = [];
  const lines: string[] = [];
  const viewers = { expected: 0, recorders: 0 };
  const stands: string[] = [];
  const nothing = () => undefined;
  const recorder = {
    ...{ recordingOptions: recordingOptions(), expect: () => void (viewers.recorders += 1) },
    ...{ armed: false, onArmed: nothing },
    ...{ look: nothing, close: nothing, updateRecordingActive: nothing, updateRecordingConfiguration: nothing },
  };
  const refusal: { error?: Error } = {};
  let say: (change: StateChange) => void = () => undefined;
  let interest: Interest = {};
  const opened = () => ({
    controllerOptions: {
      cameraStreamCount: 1,
      delegate: {} as unknown as CameraStreaming,
      streamingOptions: streamingOptions(offeredAudioCodec(new Set()), false),
    },
    obstacle: undefined,
    expectViewer: () => void (viewers.expected += 1),
    stand: (online: boolean, armed: boolean) =>
      void stands.push(`${online ? 'on line' : 'off'}${armed ? ', armed' : ''}`),
    close: () => Promise.resolve(),
  });
  const shown = new CameraAccessory({
    api: { hap } as unknown as API,
    accessory: accessory as unknown as PlatformAccessory<CameraContext>,
    open: () => opened() as unknown as CameraStreaming,
    record: () => recorder as unknown as CameraRecorder,
    feeds: () => () => {
      throw new Error('no feed here');
    },
    settings: (channel) => ({ ...plainCamera(channel), ...settings }),
    watch: (wanted, listener) => {
      [interest, say] = [wanted, listener];
      return { close: () => undefined };
    },
    faults,
    recordByHand: async (channel, on) => {
      commands.push([channel, on]);
      if (refusal.error) throw refusal.error;
    },
    logger: { ...silentLogger, warn: (line) => lines.push(line) },
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
    ...{ accessory, shown, clock, event, interest, commands, refusal, lines, viewers, recorder },
    stands: () => stands.at(-1),
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

describe('a viewer, and a recording', () => {
  it('is expected when motion begins, or somebody rings, and not for what is past or what nobody is told', () => {
    const { event, say, viewers } = camera({ motion: ['Motion'], doorbell: { by: 'event', type: 'Ring' } });
    say({ kind: 'event', channel: 1, type: 'Motion', active: true, first: true });
    event('Motion', false);
    event('Tag', true);
    expect(viewers).toEqual({ expected: 0, recorders: 0 });
    event('motion', true);
    expect(viewers).toEqual({ expected: 1, recorders: 1 });
    event('Ring', true);
    expect(viewers).toEqual({ expected: 2, recorders: 2 });
  });

  it('is expected of no camera that is gone', () => {
    const { event, shown, viewers } = camera({ motion: ['Motion'] });
    shown.miss(1, true);
    event('Motion', true);
    expect(viewers.expected).toBe(0);
  });
});

it('a picture is kept ready while the NVR has the camera on line', () => {
  const { say, stands, recorder, shown } = camera();
  expect(stands()).toBe('off');
  const onLine = { channel: 1, online: true };
  say({ kind: 'camera', channel: 1, camera: onLine });
  expect(stands()).toBe('on line');
  recorder.armed = true;
  recorder.onArmed();
  expect(stands()).toBe('on line, armed');
  say({ kind: 'connection', connection: { is: 'away', error: new NvrUnreachableError('off') } });
  expect(stands()).toBe('off, armed');
  say({ kind: 'connection', connection: { is: 'connected' } });
  expect(stands()).toBe('on line, armed');
  say({ kind: 'camera', channel: 1, camera: { ...onLine, online: false } });
  expect(stands()).toBe('off, armed');
  say({ kind: 'camera', channel: 1, camera: onLine });
  shown.miss(1, false);
  expect(stands()).toBe('off, armed');
});

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

describe('faults', () => {
  const { StatusFault, StatusTampered } = Characteristic;
  const { CONTACT_DETECTED: CLOSED, CONTACT_NOT_DETECTED: OPEN } = ContactSensorState;
  const sensors = (accessory: ReturnType<typeof newAccessory>) => {
    const state = (subtype: string) =>
      accessory.getServiceById(Service.ContactSensor, subtype)?.getCharacteristic(ContactSensorState).value;
    const motion = accessory.getService(Service.MotionSensor);
    return {
      picture: state('picture'),
      tamper: state('tamper'),
      fault: motion?.getCharacteristic(StatusFault).value,
      tampered: motion?.testCharacteristic(StatusTampered) ? motion.getCharacteristic(StatusTampered).value : undefined,
    };
  };
  const online = (is: boolean): StateChange => ({ kind: 'camera', channel: 1, camera: { channel: 1, online: is } });

  it('have sensors of their own where the user wants them: a picture that is lost, a camera that is off line', () => {
    const { accessory, event, say } = camera({}, undefined, true);
    say(online(true));
    say({ kind: 'events', known: true });
    expect(sensors(accessory)).toEqual({ picture: CLOSED, tamper: undefined, fault: 0, tampered: undefined });
    event('videoloss', true);
    expect(sensors(accessory)).toMatchObject({ picture: OPEN, fault: 1 });
    event('VideoLoss', false);
    expect(sensors(accessory)).toMatchObject({ picture: CLOSED, fault: 0 });
    say(online(false));
    expect(sensors(accessory)).toMatchObject({ picture: OPEN, fault: 1 });
    // Nobody knows: the last word stands.
    say({ kind: 'camera', channel: 1, camera: undefined });
    expect(sensors(accessory).fault).toBe(1);
  });

  it('are tampering where the user says which events mean that: a mark of the motion sensor, and a sensor for automations', () => {
    const marked = camera({ tamper: ['Shelter'] });
    expect(marked.interest.events).toMatchObject({ types: expect.arrayContaining(['Shelter']) });
    expect(sensors(marked.accessory)).toMatchObject({ tampered: 0, tamper: undefined });
    const { accessory, event } = camera({ tamper: ['Shelter'] }, restored(marked.accessory), true);
    event('SHELTER', true);
    expect(sensors(accessory)).toMatchObject({ tampered: 1, tamper: OPEN, picture: CLOSED });
    event('Shelter', false);
    expect(sensors(accessory)).toMatchObject({ tampered: 0, tamper: CLOSED });
    const plain = camera({}, restored(accessory));
    expect(sensors(plain.accessory)).toMatchObject({ picture: undefined, tamper: undefined, tampered: undefined });
  });
});

describe('the switch for a recording by hand', () => {
  const on = (accessory: ReturnType<typeof newAccessory>) =>
    accessory.getService(Service.Switch)?.getCharacteristic(Characteristic.On);
  const read = (accessory: ReturnType<typeof newAccessory>) =>
    on(accessory)
      ?.handleGetRequest()
      .catch((error: unknown) => error);
  const manual = (is: boolean | undefined): StateChange => ({
    kind: 'camera',
    channel: 1,
    camera: { channel: 1, online: true, ...(is !== undefined && { manual: is }) },
  });

  it('shows whether the NVR records, whoever began it, and gives no answer while nobody knows', async () => {
    const { accessory, say, interest } = camera({ manualRecord: true });
    expect(interest).toMatchObject({ manual: true });
    const failure = SERVICE_COMMUNICATION_FAILURE;
    expect(await read(accessory)).toBe(failure);
    say(manual(true));
    expect([on(accessory)?.value, await read(accessory)]).toEqual([true, true]);
    say(manual(false));
    expect(await read(accessory)).toBe(false);
    say({ kind: 'camera', channel: 1, camera: undefined });
    expect(await read(accessory)).toBe(failure);
  });

  it('has the NVR begin and end, and says why where it does not', async () => {
    const { accessory, commands, refusal, lines } = camera({ manualRecord: true });
    await on(accessory)?.handleSetRequest(true, {} as never);
    await on(accessory)?.handleSetRequest(false, {} as never);
    expect(commands).toEqual([
      [1, true],
      [1, false],
    ]);
    refusal.error = new Error('no right');
    await expect(on(accessory)?.handleSetRequest(true, {} as never)).rejects.toBe(SERVICE_COMMUNICATION_FAILURE);
    expect(lines).toEqual(['Gate: the recording by hand could not be started: no right']);
  });

  it('is there only where the user wants it, and asks for nothing otherwise', () => {
    const { accessory } = camera({ manualRecord: true });
    const again = restored(accessory);
    const { interest } = camera({}, again);
    expect(again.getService(Service.Switch)).toBeUndefined();
    expect(interest).toMatchObject({ manual: false });
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
