import * as hap from '@homebridge/hap-nodejs';
import { describe, expect, it } from '@jest/globals';
import { AskingConnections } from '../../../src/homebridge/live/asking-connections.js';
import { VolumeControl } from '../../../src/homebridge/live/volume-control.js';
import { encodeMuLaw } from '../../../src/shared/index.js';
import { HapCamera } from '../../support/hap/hap-camera.js';
import { until } from '../../support/until.js';
import { openCamera } from './camera.js';
import { Phone } from './phone.js';

const { Mute, Volume } = hap.Characteristic;

/** µ-law of one amplitude. */
const sample = (value: number) => {
  const pcm = Buffer.alloc(2);
  pcm.writeInt16LE(value);
  return encodeMuLaw(pcm);
};

describe('the microphone', () => {
  it('hands on what it gets at full volume', () => {
    const samples = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    expect(new VolumeControl().apply(samples)).toBe(samples);
  });

  it.each([-20_000, -3000, 0, 3000, 20_000])('weakens an amplitude of %i to a quarter at half the volume', (value) => {
    const microphone = new VolumeControl();
    microphone.settings = { muted: false, volume: 50 };
    const [weak = 0] = microphone.apply(sample(value));
    const [expected = 0] = sample(value / 4);
    // One step of µ-law off at most.
    expect(Math.abs(weak - expected)).toBeLessThanOrEqual(1);
  });

  it.each([
    ['muted', { muted: true, volume: 100 }],
    ['at volume 0', { muted: false, volume: 0 }],
  ])('is silent when %s', (_, settings) => {
    const microphone = new VolumeControl();
    microphone.settings = settings;
    expect(microphone.apply(sample(20_000))).toEqual(Buffer.from([0xff]));
  });

  it('is not heard by a phone, whatever it asks for, where the user wants no sound of the camera', async () => {
    await using camera = await openCamera({}, { sound: false });
    using phone = await Phone.open(camera.streaming);
    await phone.prepare();
    await phone.start();
    await until('two seconds of pictures', () => phone.video.packets.length > 60);
    expect(phone.audio.packets).toEqual([]);
  });

  it('is muted and heard again from Home, from the next packet on, and told to be kept', async () => {
    await using camera = await openCamera();
    const hapCamera = HapCamera.of(camera.streaming);
    const mute = (on: boolean) => hapCamera.microphone.getCharacteristic(Mute).handleSetRequest(on, {} as never);
    using phone = await Phone.open(camera.streaming);
    await phone.prepare();
    await phone.start();
    await until('sound', () => phone.audio.packets.length > 10);
    await mute(true);
    const pictures = phone.video.packets.length;
    // What was on its way over loopback has arrived by the next report.
    const reports = phone.audio.reports.length;
    await until('a report', () => phone.audio.reports.length > reports);
    const before = phone.audio.packets.length;
    await until('two seconds of pictures', () => phone.video.packets.length > pictures + 60);
    expect(phone.audio.packets.length).toBe(before);
    await mute(false);
    await until('sound again', () => phone.audio.packets.length > before + 10);
    expect(hapCamera.microphoneChanges).toEqual([
      { muted: true, volume: 100 },
      { muted: false, volume: 100 },
    ]);
  });

  it('is as it was left after a restart', async () => {
    await using camera = await openCamera();
    const ways = { asking: new AskingConnections(hap), microphone: new VolumeControl(), speaker: new VolumeControl() };
    const restarted = new HapCamera(camera.streaming, ways, { microphone: { muted: true, volume: 40 } });
    expect(ways.microphone.settings).toEqual({ muted: true, volume: 40 });
    expect(restarted.microphone.getCharacteristic(Mute).value).toBe(true);
    expect(restarted.microphone.getCharacteristic(Volume).value).toBe(40);
  });
});
