import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import * as hap from '@homebridge/hap-nodejs';
import {
  attachController,
  type CameraStreaming,
  type HomeKitWays,
  type Volumes,
} from '../../../src/homebridge/camera-streaming.js';
import { FULL_VOLUME, type VolumeSettings } from '../../../src/homebridge/live/volume-control.js';
import { decodeTlv, encodeTlv, field, type Tlv } from './tlv8.js';

const { Characteristic, Service } = hap;

/** A controller's connection, as far as HAP-NodeJS looks at it. */
export class FakeConnection extends EventEmitter {
  readonly localAddress = '127.0.0.1';
  readonly remoteAddress: string;

  constructor(remoteAddress = '127.0.0.1') {
    super();
    this.remoteAddress = remoteAddress;
  }

  getLocalAddress(): string {
    return this.localAddress;
  }
}

const cameras = new WeakMap<CameraStreaming, HapCamera>();

/** A camera as HAP-NodeJS has it, with real characteristics and without a network: bytes in, status out. */
export class HapCamera {
  /** What the user set of microphone and speaker, and the accessory was told. */
  readonly microphoneChanges: VolumeSettings[] = [];
  readonly speakerChanges: VolumeSettings[] = [];
  readonly #accessory = new hap.Accessory('Camera', hap.uuid.generate(randomUUID()));

  constructor(streaming: CameraStreaming, ways: HomeKitWays, volumes: Partial<Volumes> = {}) {
    // Broken TLV is HAP-NodeJS's to refuse, and need not be printed.
    this.#accessory.on('characteristic-warning' as never, () => undefined);
    streaming.controller = attachController({
      hap: hap,
      accessory: this.#accessory,
      options: streaming.controllerOptions,
      ways,
      volumes: { microphone: FULL_VOLUME, speaker: FULL_VOLUME, ...volumes },
      changed: ({ microphone, speaker }) => {
        if (microphone) this.microphoneChanges.push(microphone);
        if (speaker) this.speakerChanges.push(speaker);
      },
    });
    cameras.set(streaming, this);
  }

  static of(streaming: CameraStreaming): HapCamera {
    const camera = cameras.get(streaming);
    if (!camera) throw new Error('not attached');
    return camera;
  }

  get microphone(): hap.Service {
    return this.#service(Service.Microphone.UUID);
  }

  get speaker(): hap.Service {
    return this.#service(Service.Speaker.UUID);
  }

  /** Stream managements that stream to nobody. */
  get free(): readonly hap.Service[] {
    return this.#accessory.services
      .filter(({ UUID }) => UUID === Service.CameraRTPStreamManagement.UUID)
      .filter(isFree);
  }

  /** SetupEndpoints on a stream that is free. @returns the answer @throws the HAP status */
  async setUp(request: readonly Tlv[] | Buffer, connection = new FakeConnection()): Promise<Stream> {
    const stream = this.take(connection);
    await stream.setUp(request);
    return stream;
  }

  /** A stream that is free. */
  take(connection = new FakeConnection()): Stream {
    const [management] = this.free;
    if (!management) throw new Error('every stream of the camera is in use');
    return new Stream(management, connection);
  }

  #service(uuid: string): hap.Service {
    const service = this.#accessory.services.find(({ UUID }) => UUID === uuid);
    if (!service) throw new Error(`no service ${uuid}`);
    return service;
  }
}

/** One stream management, in use by one controller. */
export class Stream {
  readonly #management: hap.Service;
  readonly connection: FakeConnection;

  constructor(management: hap.Service, connection: FakeConnection) {
    this.#management = management;
    this.connection = connection;
  }

  get isFree(): boolean {
    return isFree(this.#management);
  }

  /** @throws the HAP status */
  setUp(request: readonly Tlv[] | Buffer): Promise<unknown> {
    return this.#write(Characteristic.SetupEndpoints, request);
  }

  /** START, RECONFIGURE, STOP. @throws the HAP status */
  select(request: readonly Tlv[] | Buffer): Promise<unknown> {
    return this.#write(Characteristic.SelectedRTPStreamConfiguration, request);
  }

  /** What SetupEndpoints was answered. */
  async answer(): Promise<ReturnType<typeof decodeTlv>> {
    const value = await this.#management.getCharacteristic(Characteristic.SetupEndpoints).handleGetRequest();
    return decodeTlv(Buffer.from(value as string, 'base64'));
  }

  #write(kind: typeof Characteristic.SetupEndpoints, request: readonly Tlv[] | Buffer): Promise<unknown> {
    const bytes = Buffer.isBuffer(request) ? request : encodeTlv(request);
    return this.#management
      .getCharacteristic(kind)
      .handleSetRequest(bytes.toString('base64'), this.connection as never);
  }
}

function isFree(management: hap.Service): boolean {
  const status = decodeTlv(
    Buffer.from(management.getCharacteristic(Characteristic.StreamingStatus).value as string, 'base64'),
  );
  return field(status, 1).readUInt8(0) === 0;
}
