import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { DataStreamParser, DataStreamReader, DataStreamWriter, Int64 } from '@homebridge/hap-nodejs';
import { until, within } from '../until.js';
import type { HapHome, HomeAccessory } from './hap-home.js';
import { decodeTlv, encodeTlv, field } from './tlv8.js';

const ANSWER_LIMIT = 10_000;
const [HEADER, TAG] = [4, 16];

/** What a home hub chooses of a camera's recording. */
export interface Choice {
  readonly width?: number;
  readonly height?: number;
  /** HAP's number of the sample rate: 1 is 16 kHz. */
  readonly sampleRate?: number;
}

/** TLV of SelectedCameraRecordingConfiguration: 4 s before an event, fragments of 4 s, H.264, AAC-LC. */
export function selectedConfiguration({ width = 1280, height = 720, sampleRate = 1 }: Choice = {}): string {
  const number = (value: number, bytes: number) => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeUIntLE(value, 0, Math.min(bytes, 6));
    return buffer;
  };
  const container = encodeTlv([
    [1, 0],
    [2, [[1, number(4000, 4)]]],
  ]);
  const recording = encodeTlv([
    [1, number(4000, 4)],
    [2, number(1, 8)],
    [3, container],
  ]);
  const video = encodeTlv([
    [1, 0],
    [
      2,
      [
        [1, 1],
        [2, 0],
        [3, number(2000, 4)],
        [4, number(4000, 4)],
      ],
    ],
    [
      3,
      [
        [1, number(width, 2)],
        [2, number(height, 2)],
        [3, 30],
      ],
    ],
  ]);
  const audio = encodeTlv([
    [1, 0],
    [
      2,
      [
        [1, 1],
        [2, 0],
        [3, sampleRate],
        [4, number(32, 4)],
      ],
    ],
  ]);
  return encodeTlv([
    [1, recording],
    [2, video],
    [3, audio],
  ]).toString('base64');
}

/**
 * What may begin a recording: bits of SupportedCameraRecordingConfiguration.
 *
 * @param supported TLV, base64
 */
export function eventTriggers(supported: unknown): number {
  return field(decodeTlv(Buffer.from(String(supported), 'base64')), 2).readUInt32LE(0);
}

/** A packet of a recording, put together again. */
export interface Received {
  readonly type: string;
  readonly data: Buffer;
  readonly isLast: boolean;
  /** performance.now() */
  readonly arrival: number;
}

interface Message {
  readonly header: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A home hub, as far as it records: arms a camera over HAP, and takes recordings over a HomeKit data stream. */
export class RecordingHub {
  readonly socket: Socket;
  readonly #keys: { readonly read: Buffer; readonly write: Buffer };
  readonly #counts = { read: 0, write: 0 };
  readonly #close: () => Promise<void>;
  readonly messages: Message[] = [];
  readonly #arrivals: number[] = [];
  #bytes = Buffer.alloc(0);

  private constructor(
    socket: Socket,
    keys: { readonly read: Buffer; readonly write: Buffer },
    close: () => Promise<void>,
  ) {
    this.socket = socket;
    this.#keys = keys;
    this.#close = close;
    socket.on('data', (data: Buffer) => this.#take(data));
    socket.on('error', () => undefined);
  }

  /** What a user does in the Home app: stream and record. */
  static async arm(
    home: HapHome,
    camera: HomeAccessory,
    { sound = true, ...choice }: Choice & { sound?: boolean } = {},
  ) {
    const management = camera.service('CameraRecordingManagement');
    await home.set(management.id('SelectedCameraRecordingConfiguration'), selectedConfiguration(choice));
    await writeTimed(home, management.id('RecordingAudioActive'), sound ? 1 : 0);
    await home.set(management.id('Active'), 1);
  }

  /** @param polite says hello, as hubs do first */
  static async open(home: HapHome, camera: HomeAccessory, { polite = true } = {}): Promise<RecordingHub> {
    const connection = home.connection();
    const id = camera.service('DataStreamTransportManagement').id('SetupDataStreamTransport');
    const setUp = async (value: string) => {
      const writing = connection.setCharacteristics({ [id]: { value, r: true } });
      const reply = (await within(ANSWER_LIMIT, 'data stream', writing)) as { characteristics: { value?: string }[] };
      return { answer: reply.characteristics[0]?.value ?? '', secret: sharedSecret(connection) };
    };
    return RecordingHub.through(setUp, { polite, release: () => home.release(connection) });
  }

  /** @param setUp writes SetupDataStreamTransport. @returns what that answers, and the secret of the HAP connection */
  static async through(
    setUp: (value: string) => Promise<{ readonly answer: string; readonly secret: Buffer }>,
    { polite = true, release = () => Promise.resolve() }: { polite?: boolean; release?: () => Promise<void> } = {},
  ): Promise<RecordingHub> {
    const salt = randomBytes(32);
    const request = encodeTlv([
      [1, 0],
      [2, 0],
      [3, salt],
    ]);
    const { answer: text, secret } = await setUp(request.toString('base64'));
    const answer = decodeTlv(Buffer.from(text, 'base64'));
    const port = field(decodeTlv(field(answer, 2)), 1).readUInt16LE(0);
    const both = Buffer.concat([salt, field(answer, 3)]);
    const key = (info: string) => Buffer.from(hkdfSync('sha512', secret, both, info, 32));
    const keys = { read: key('HDS-Read-Encryption-Key'), write: key('HDS-Write-Encryption-Key') };
    const socket = connect(port, '127.0.0.1');
    await within(ANSWER_LIMIT, 'connection', once(socket, 'connect'));
    const hub = new RecordingHub(socket, keys, release);
    if (polite) await hub.#ask('control', 'hello', {});
    return hub;
  }

  /** Asks for a recording. @returns the stream; rejects with the camera's reason where it refuses */
  async record(): Promise<RecordingStream> {
    // HAP-NodeJS writes 39 in a way that it does not read itself.
    const streamId = randomInt(40, 1000);
    const { header, body } = await this.#ask('dataSend', 'open', {
      ...{ target: 'controller', type: 'ipcamera.recording', reason: 'unspecified', streamId: new Int64(streamId) },
    });
    if (header.status !== 0) throw new Error(`refused: ${String(body.status)}`);
    return new RecordingStream(this, streamId);
  }

  event(topic: string, body: Readonly<Record<string, unknown>>): void {
    this.#send({ protocol: 'dataSend', event: topic }, body);
  }

  async close(): Promise<void> {
    this.socket.destroy();
    await this.#close();
  }

  async #ask(protocol: string, request: string, body: Readonly<Record<string, unknown>>): Promise<Message> {
    const id = randomInt(1, 2 ** 31);
    const from = this.messages.length;
    this.#send({ protocol, request, id: new Int64(id) }, body);
    return until(
      `an answer to ${request}`,
      () => this.messages.slice(from).find(({ header }) => header.response === request && Number(header.id) === id),
      ANSWER_LIMIT,
    );
  }

  #send(header: object, body: object): void {
    const [head, message] = [header, body].map((object) => {
      const writer = new DataStreamWriter();
      DataStreamParser.encode(object, writer);
      return writer.getData();
    }) as [Buffer, Buffer];
    this.send(head, message);
  }

  /** One frame, whatever it says. */
  send(head: Buffer, message: Buffer): void {
    this.socket.write(this.frame(Buffer.concat([Buffer.from([head.length]), head, message])));
  }

  /** The next frame that this hub may write. */
  frame(payload: Buffer): Buffer {
    const frame = Buffer.alloc(HEADER);
    frame.writeUInt32BE(payload.length);
    frame.writeUInt8(1);
    const cipher = createCipheriv('chacha20-poly1305', this.#keys.write, nonce(this.#counts.write++), {
      authTagLength: TAG,
    });
    cipher.setAAD(frame, { plaintextLength: payload.length });
    const sealed = Buffer.concat([cipher.update(payload), cipher.final()]);
    return Buffer.concat([frame, sealed, cipher.getAuthTag()]);
  }

  #take(data: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, data]);
    for (;;) {
      if (this.#bytes.length < HEADER) return;
      const frame = this.#bytes.subarray(0, HEADER);
      const length = frame.readUIntBE(1, 3);
      if (this.#bytes.length < HEADER + length + TAG) return;
      const sealed = this.#bytes.subarray(HEADER, HEADER + length);
      const cipher = createDecipheriv('chacha20-poly1305', this.#keys.read, nonce(this.#counts.read++), {
        authTagLength: TAG,
      });
      cipher.setAuthTag(this.#bytes.subarray(HEADER + length, HEADER + length + TAG));
      cipher.setAAD(frame, { plaintextLength: length });
      const payload = Buffer.concat([cipher.update(sealed), cipher.final()]);
      this.#bytes = Buffer.from(this.#bytes.subarray(HEADER + length + TAG));
      const headerEnd = 1 + payload.readUInt8(0);
      const [header, body] = [payload.subarray(1, headerEnd), payload.subarray(headerEnd)].map(
        (bytes) => DataStreamParser.decode(new DataStreamReader(bytes)) as Readonly<Record<string, unknown>>,
      ) as [Message['header'], Message['body']];
      this.messages.push({ header, body });
      this.#arrivals.push(performance.now());
    }
  }

  arrivalOf(message: Message): number {
    return this.#arrivals[this.messages.indexOf(message)] ?? NaN;
  }
}

interface DataEvent {
  readonly streamId: unknown;
  readonly endOfStream?: boolean;
  readonly packets: readonly {
    readonly data: Buffer;
    readonly metadata: { readonly dataType: string; readonly isLastDataChunk: boolean };
  }[];
}

/** One recording, as it arrives. */
export class RecordingStream {
  readonly #hub: RecordingHub;
  readonly #id: number;

  constructor(hub: RecordingHub, id: number) {
    this.#hub = hub;
    this.#id = id;
  }

  /** Packets that are complete so far: initialization first, then fragments. */
  get packets(): readonly Received[] {
    const whole: Received[] = [];
    let parts: Buffer[] = [];
    for (const message of this.#hub.messages) {
      const event = message.body as unknown as DataEvent;
      if (message.header.event !== 'data' || Number(event.streamId) !== this.#id) continue;
      for (const { data, metadata } of event.packets) {
        parts.push(data);
        if (!metadata.isLastDataChunk) continue;
        const arrival = this.#hub.arrivalOf(message);
        whole.push({
          type: metadata.dataType,
          data: Buffer.concat(parts),
          isLast: event.endOfStream === true,
          arrival,
        });
        parts = [];
      }
    }
    return whole;
  }

  /** All of it as one file. */
  get mp4(): Buffer {
    return Buffer.concat(this.packets.map(({ data }) => data));
  }

  get fragments(): readonly Received[] {
    return this.packets.filter(({ type }) => type === 'mediaFragment');
  }

  /** Why the camera has broken it off; `undefined` where it has not. */
  get broken(): number | undefined {
    const event = this.#hub.messages.find(
      ({ header, body }) => header.event === 'close' && Number(body.streamId) === this.#id,
    );
    return event && Number(event.body.reason);
  }

  /** The hub wants no more of it. */
  close(reason = 0): void {
    this.#hub.event('close', { streamId: new Int64(this.#id), reason: new Int64(reason) });
  }

  /** The hub has got the last packet. */
  acknowledge(): void {
    this.#hub.event('ack', { streamId: new Int64(this.#id), endOfStream: true });
  }
}

/** Little-endian count behind four zeros (HAP R2, 6.5.2). */
function nonce(count: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32LE(count, 4);
  return bytes;
}

/** What both sides of a paired connection know; hap-controller keeps it to itself. */
function sharedSecret(connection: ReturnType<HapHome['connection']>): Buffer {
  const { pairingProtocol } = connection as unknown as { pairingProtocol: { pairVerify: { sharedSecret: Buffer } } };
  return pairingProtocol.pairVerify.sharedSecret;
}

/** A timed write (HAP R2, 6.7.2.4), which hap-controller cannot do by itself. @throws with the HAP status */
async function writeTimed(home: HapHome, id: string, value: number): Promise<void> {
  const connection = home.connection();
  const { getDefaultVerifiedConnection: verified } = connection as unknown as {
    getDefaultVerifiedConnection: () => Promise<{
      put: (path: string, body: Buffer) => Promise<{ statusCode: number; body: Buffer }>;
    }>;
  };
  const [aid, iid] = id.split('.').map(Number);
  const pid = randomInt(1, 2 ** 31);
  const json = (body: unknown) => Buffer.from(JSON.stringify(body));
  try {
    const channel = await within(ANSWER_LIMIT, 'connection', verified.call(connection));
    await within(ANSWER_LIMIT, 'preparation', channel.put('/prepare', json({ ttl: 5000, pid })));
    const write = channel.put('/characteristics', json({ characteristics: [{ aid, iid, value }], pid }));
    const { statusCode, body } = await within(ANSWER_LIMIT, 'timed write', write);
    if (statusCode !== 204) throw new Error(`timed write: ${statusCode} ${body.toString()}`);
  } finally {
    await home.release(connection);
  }
}
