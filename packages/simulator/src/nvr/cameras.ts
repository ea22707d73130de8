import { MAX_CAMERAS } from '../options.js';
import { Camera } from './camera.js';
import type { CameraSettings } from './camera-network.js';
import type { Clock } from '../../../../src/shared/clock.js';
import type { VideoCodec } from '../../../../src/shared/codec/frame.js';
import { Refusal } from './refusal.js';

/** What {@link Cameras} needs to know. */
export interface CamerasSetup {
  /** How many there are at the start, on the first channels. */
  readonly cameras: number;
  /** Of the NVR; the cameras' addresses count up from it. */
  readonly mac: string;
  readonly codec: VideoCodec;
  readonly subCodec: VideoCodec;
  readonly clock: Clock;
}

/** The cameras that the NVR knows, by channel. */
export class Cameras {
  readonly #setup: CamerasSetup;
  readonly #byChannel = new Map<number, Camera>();
  /** Channels that have, or had, a camera. */
  readonly #used = new Set<number>();
  readonly #listeners = new Set<(channel: number) => void>();

  constructor(setup: CamerasSetup) {
    this.#setup = setup;
    for (let channel = 1; channel <= setup.cameras; channel++)
      this.#put(channel, this.#made(factorySettings(channel, setup.mac)));
  }

  /** In the order of their channels. */
  get all(): readonly Camera[] {
    return [...this.#byChannel.values()].sort((one, other) => one.channel - other.channel);
  }

  /** Every channel that has, or had, a camera, in order. */
  get channels(): readonly number[] {
    return [...this.#used].sort((one, other) => one - other);
  }

  has(channel: number): boolean {
    return this.#byChannel.has(channel);
  }

  /** Whether there is a camera that is enabled. */
  isOnline(channel: number): boolean {
    return this.#byChannel.get(channel)?.settings.Enable ?? false;
  }

  /** @throws {@link Refusal} where the NVR has no camera there */
  on(channel: number): Camera {
    const camera = this.#byChannel.get(channel);
    if (!camera) throw new Refusal(`ChannelID=${channel}: no such channel`);
    return camera;
  }

  /** One that can be talked to. @throws {@link Refusal} */
  online(channel: number): Camera {
    const camera = this.on(channel);
    if (!camera.settings.Enable) throw new Refusal(`ChannelID=${channel}: the camera is off line`);
    return camera;
  }

  /** Cameras in the network that nobody added, and those that are in use. */
  found(): readonly CameraSettings[] {
    const added = this.all.map(({ settings }) => settings);
    const addresses = new Set(added.map(({ IPAddress }) => IPAddress));
    const first = MAX_CAMERAS + 1;
    const others = [0, 1, 2].map((index) => factorySettings(first + index, this.#setup.mac));
    return [...added, ...others.filter(({ IPAddress }) => !addresses.has(IPAddress))];
  }

  /** @returns the channel @throws {@link Refusal} where none is free */
  add(settings: CameraSettings): number {
    for (let channel = 1; channel <= MAX_CAMERAS; channel++) {
      if (this.has(channel)) continue;
      this.#put(channel, this.#made(settings));
      return channel;
    }
    throw new Refusal(`no channel is free: there are ${MAX_CAMERAS}`);
  }

  /** In place of what was there. @throws {@link Refusal} where the NVR has no such channel */
  set(channel: number, settings: CameraSettings): void {
    checkChannel(channel);
    if (this.has(channel)) this.#take(channel);
    this.#put(channel, this.#made(settings));
  }

  /** @throws {@link Refusal} */
  update(channel: number, change: Partial<CameraSettings>): void {
    const camera = this.on(channel);
    const { Enable } = camera.settings;
    Object.assign(camera.settings, structuredClone(change));
    if (Enable && !camera.settings.Enable) this.#tell(channel);
  }

  /** Everything that belongs to the camera goes with it. @throws {@link Refusal} where the other channel is taken */
  move(channel: number, to: number): void {
    this.on(channel);
    checkChannel(to);
    if (to === channel) return;
    if (this.has(to)) throw new Refusal(`ChannelID=${to}: there is a camera already`);
    this.#put(to, this.#take(channel));
  }

  /** @throws {@link Refusal} */
  delete(channel: number): void {
    this.on(channel);
    this.#take(channel);
  }

  /**
   * Tells the channel of each camera that leaves it or goes off line.
   * @returns what ends that
   */
  onLeave(listener: (channel: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #made(settings: CameraSettings): Camera {
    return new Camera(structuredClone(settings), this.#setup, this.#setup.clock);
  }

  #put(channel: number, camera: Camera): void {
    camera.channel = channel;
    this.#byChannel.set(channel, camera);
    this.#used.add(channel);
  }

  #take(channel: number): Camera {
    const camera = this.on(channel);
    this.#byChannel.delete(channel);
    this.#tell(channel);
    return camera;
  }

  #tell(channel: number): void {
    for (const listener of [...this.#listeners]) listener(channel);
  }
}

function checkChannel(channel: number): void {
  if (channel > MAX_CAMERAS) throw new Refusal(`ChannelID=${channel}: there are ${MAX_CAMERAS} channels`);
}

/** A camera as it stands in the network, by its number there. */
function factorySettings(number: number, mac: string): CameraSettings {
  return {
    Enable: true,
    DeviceName: `Camera ${number}`,
    IPAddress: `192.168.33.${20 + number}`,
    SubnetMask: '255.255.255.0',
    Port: 80,
    Manufacturer: 'EverFocus',
    FirmwareVersion: '1.0.0',
    Model: 'Simulated camera',
    MacAddress: addToMac(mac, number),
    protocol: 'onvif',
    UserName: 'root',
    Password: 'secret of the camera',
    ODSPosition: '',
  };
}

function addToMac(mac: string, step: number): string {
  const value = BigInt(`0x${mac.replaceAll(':', '')}`) + BigInt(step);
  const digits = BigInt.asUintN(48, value).toString(16).padStart(12, '0');
  return digits.replace(/..(?!$)/g, '$&:');
}
