import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as wait } from 'node:timers/promises';
import { randomBytes, randomInt } from 'node:crypto';
import { writeCharacteristic, type HapHome, type HomeAccessory } from './hap-home.js';
import { rtpHeaderLength, SrtpSession } from './srtp-session.js';
import {
  AUDIO_PAYLOAD_TYPE,
  endpointsMessage,
  offeredAudio,
  PHONE_AT_HOME,
  REPORT_INTERVAL,
  reconfigureMessage,
  startMessage,
  stopMessage,
  type LiveRequest,
  type OfferedAudio,
} from './live-messages.js';
import { decodeTlv, encodeTlv, field, type Tlv } from './tlv8.js';
import { within } from '../until.js';

const ANSWER_LIMIT = 10_000;

/** A packet that was authenticated and decrypted. */
export interface LivePacket {
  readonly media: 'video' | 'audio';
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly source: number;
  readonly marker: boolean;
  readonly payload: Buffer;
  /** Of the UDP datagram, bytes. */
  readonly size: number;
  /** performance.now() */
  readonly arrival: number;
}

export interface LiveViewListener {
  packet?(packet: LivePacket): void;
  /** An authenticated RTCP packet in the clear. */
  report?(media: 'video' | 'audio', packet: Buffer): void;
  /** Something that could not be authenticated. */
  forged?(media: 'video' | 'audio', error: Error): void;
}

interface Track {
  readonly media: 'video' | 'audio';
  readonly socket: Socket;
  readonly key: Buffer;
  readonly salt: Buffer;
  /** Our own synchronisation source. */
  readonly source: number;
  /** The accessory's, and where it wants our reports. */
  peer?: {
    readonly source: number;
    readonly port: number;
    readonly incoming: SrtpSession;
    readonly outgoing: SrtpSession;
  };
}

/** One live view, as a phone has it: negotiated over HAP, received over SRTP on loopback. */
export class LiveView {
  readonly #home: HapHome;
  readonly #connection: ReturnType<HapHome['connection']>;
  readonly #listener: LiveViewListener;
  readonly #ids: { readonly setup: string; readonly select: string; readonly audio: string };
  readonly #session = randomBytes(16);
  readonly #tracks: { readonly video: Track; readonly audio: Track };
  #reports: NodeJS.Timeout | undefined;
  /** Sequence number of the next packet of sound. */
  #said = 65_500;
  #audioCodec: OfferedAudio = { type: 3, sampleRate: 1 };

  private constructor(home: HapHome, camera: HomeAccessory, listener: LiveViewListener, video: Track, audio: Track) {
    const management = freeManagement(camera);
    this.#home = home;
    this.#connection = home.connection();
    this.#listener = listener;
    this.#tracks = { video, audio };
    this.#ids = {
      setup: management.id('SetupEndpoints'),
      select: management.id('SelectedRTPStreamConfiguration'),
      audio: management.id('SupportedAudioStreamConfiguration'),
    };
    for (const track of [video, audio]) track.socket.on('message', (datagram) => this.#received(track, datagram));
  }

  /** Negotiates the endpoints: what a phone does when the user opens the camera. */
  static async prepare(home: HapHome, camera: HomeAccessory, listener: LiveViewListener): Promise<LiveView> {
    const [video, audio] = await Promise.all([makeTrack('video'), makeTrack('audio')]);
    const view = new LiveView(home, camera, listener, video, audio);
    try {
      await view.#prepare();
      return view;
    } catch (error) {
      await view.close();
      throw error;
    }
  }

  /** Audio codec that the accessory offers: 2 AAC-ELD, 3 Opus. */
  get audioCodec(): number {
    return this.#audioCodec.type;
  }

  /** kHz of the audio. */
  get audioSampleRate(): number | undefined {
    return [8, 16, 24][this.#audioCodec.sampleRate];
  }

  /** @returns performance.now() when START was written */
  async start(request: LiveRequest = PHONE_AT_HOME): Promise<number> {
    const begin = performance.now();
    const { video, audio } = this.#tracks;
    const selection = startMessage(this.#session, request, this.#audioCodec, video.source, audio.source);
    await this.#write(this.#ids.select, selection);
    this.#reports = setInterval(() => this.#report(), REPORT_INTERVAL).unref();
    return begin;
  }

  /** Says it in real time, as a phone does whose user holds the button. @param packets of 20 ms of the codec that is offered */
  async say(packets: readonly Buffer[]): Promise<void> {
    const { socket, source, peer } = this.#tracks.audio;
    const begin = performance.now();
    for (const [at, payload] of packets.entries()) {
      const early = begin + 20 * at - performance.now();
      if (early > 0) await wait(early);
      const header = Buffer.from([0x80, AUDIO_PAYLOAD_TYPE, ...Buffer.alloc(10)]);
      header.writeUInt16BE(this.#said % 2 ** 16, 2);
      header.writeUInt32BE((this.#said * 20 * (this.audioSampleRate ?? 0)) % 2 ** 32, 4);
      header.writeUInt32BE(source, 8);
      this.#said += 1;
      if (peer) socket.send(peer.outgoing.seal(Buffer.concat([header, payload])), peer.port, '127.0.0.1');
    }
  }

  /** RECONFIGURE: a phone whose network has become worse, or better. */
  async reconfigure(request: Partial<LiveRequest>): Promise<void> {
    const wanted = { ...PHONE_AT_HOME, ...request };
    await this.#write(this.#ids.select, reconfigureMessage(this.#session, wanted, this.#tracks.video.source));
  }

  /** STOP. */
  async stop(): Promise<void> {
    clearInterval(this.#reports);
    await this.#write(this.#ids.select, stopMessage(this.#session));
  }

  /** Is heard no more, as a phone that has lost its network; what it holds is given back by {@link close}. */
  vanish(): void {
    clearInterval(this.#reports);
  }

  /** Hangs up without STOP. */
  async close(): Promise<void> {
    clearInterval(this.#reports);
    for (const { socket } of Object.values(this.#tracks)) socket.close();
    await this.#home.release(this.#connection);
  }

  async #prepare(): Promise<void> {
    const { video, audio } = this.#tracks;
    this.#audioCodec = offeredAudio(decodeTlv(await this.#read(this.#ids.audio)));
    const endpoints = { video: { ...video, port: portOf(video) }, audio: { ...audio, port: portOf(audio) } };
    await this.#write(this.#ids.setup, endpointsMessage(this.#session, endpoints.video, endpoints.audio));
    const answer = decodeTlv(await this.#read(this.#ids.setup));
    const status = field(answer, 2).readUInt8(0);
    if (status !== 0) throw new Error(`SetupEndpoints: ${status === 1 ? 'busy' : 'error'}`);
    const address = decodeTlv(field(answer, 3));
    video.peer = peerOf(video, answer, 4, field(address, 3), 6);
    audio.peer = peerOf(audio, answer, 5, field(address, 4), 7);
  }

  #received(track: Track, datagram: Buffer): void {
    const arrival = performance.now();
    // To open packets costs, and a load is not measured by who looks at it.
    if (!track.peer || Object.keys(this.#listener).length === 0) return;
    try {
      const second = datagram.readUInt8(1);
      // RFC 5761: RTP and RTCP share the port.
      if (second >= 192 && second <= 223) {
        this.#listener.report?.(track.media, track.peer.incoming.openRtcp(datagram));
        return;
      }
      const packet = track.peer.incoming.open(datagram);
      if (packet.readUInt32BE(8) !== track.peer.source) throw new Error('from a source that was not agreed on');
      this.#listener.packet?.({
        media: track.media,
        payloadType: second & 0x7f,
        marker: (second & 0x80) !== 0,
        sequence: packet.readUInt16BE(2),
        timestamp: packet.readUInt32BE(4),
        source: packet.readUInt32BE(8),
        payload: packet.subarray(rtpHeaderLength(packet)),
        size: datagram.length,
        arrival,
      });
    } catch (error) {
      this.#listener.forged?.(track.media, error as Error);
    }
  }

  /** An empty receiver report tells the accessory that we are there. */
  #report(): void {
    for (const { socket, source, peer } of Object.values(this.#tracks)) {
      if (!peer) continue;
      const report = Buffer.concat([Buffer.from([0x80, 201, 0, 1]), Buffer.alloc(4)]);
      report.writeUInt32BE(source, 4);
      socket.send(peer.outgoing.sealRtcp(report), peer.port, '127.0.0.1');
    }
  }

  async #read(id: string): Promise<Buffer> {
    const reading = this.#connection.getCharacteristics([id]);
    const { characteristics } = await within(ANSWER_LIMIT, `reading ${id}`, reading);
    return Buffer.from(String(characteristics[0]?.value), 'base64');
  }

  #write(id: string, fields: readonly Tlv[]): Promise<void> {
    const value = encodeTlv(fields).toString('base64');
    return within(ANSWER_LIMIT, `writing ${id}`, writeCharacteristic(this.#connection, id, value));
  }
}

/** The first stream management of the camera that streams to nobody. */
function freeManagement(camera: HomeAccessory): HomeAccessory['services'][number] {
  const free = camera.services.find(({ name, values }) => {
    if (name !== 'CameraRTPStreamManagement') return false;
    return field(decodeTlv(Buffer.from(String(values.StreamingStatus), 'base64')), 1).readUInt8(0) === 0;
  });
  if (!free) throw new Error('every stream of the camera is in use');
  return free;
}

async function makeTrack(media: Track['media']): Promise<Track> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  // A test that fails before it closes its view must not keep the test run alive.
  socket.unref();
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { media, socket, key: randomBytes(16), salt: randomBytes(14), source: randomInt(1, 2 ** 32) };
}

function peerOf(track: Track, answer: ReturnType<typeof decodeTlv>, crypto: number, port: Buffer, source: number) {
  const parameters = decodeTlv(field(answer, crypto));
  return {
    source: field(answer, source).readUInt32LE(0),
    port: port.readUInt16LE(0),
    incoming: new SrtpSession(field(parameters, 2), field(parameters, 3)),
    outgoing: new SrtpSession(track.key, track.salt),
  };
}

function portOf({ socket }: Track): number {
  return socket.address().port;
}
