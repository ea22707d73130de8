import { createSocket, type Socket } from 'node:dgram';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { StartStreamRequest, StreamingRequest, VideoInfo, AudioInfo } from 'homebridge';
import { uuid } from '@homebridge/hap-nodejs';
import type { CameraStreaming } from '../../../src/homebridge/camera-streaming.js';
import { isRtcp, readRtp, type RtpHeader, writeRtpHeader } from '../../../src/homebridge/live/rtp.js';
import { type FakeConnection, HapCamera, type Stream } from '../../support/hap/hap-camera.js';
import { endpointsMessage } from '../../support/hap/live-messages.js';
import { decodeTlv, field } from '../../support/hap/tlv8.js';
import { SrtpSession } from '../../support/hap/srtp-session.js';

export interface Packet extends RtpHeader {
  readonly payload: Buffer;
  /** ms since START */
  readonly time: number;
}

const newKeys = () => [randomBytes(16), randomBytes(14)] as const;

/** One of the phone's two ports: what came in, authenticated and decrypted. */
class PhonePort {
  readonly key: Buffer;
  readonly salt: Buffer;
  readonly packets: Packet[] = [];
  /** Sender reports: RTP timestamp of an NTP time, s since 1900. */
  readonly reports: { ntp: number; timestamp: number }[] = [];
  /** The newest sender report as it came. */
  newestReport: Buffer | undefined;
  remotePort = 0;
  /** Gets whatever comes in, as it travels. */
  onDatagram: ((datagram: Buffer) => void) | undefined;
  readonly #session: SrtpSession;
  readonly #outgoing: SrtpSession;
  readonly #socket: Socket;

  constructor(socket: Socket, since: () => number, [key, salt]: readonly [Buffer, Buffer]) {
    this.key = key;
    this.salt = salt;
    this.#session = new SrtpSession(key, salt);
    this.#outgoing = new SrtpSession(key, salt);
    this.#socket = socket;
    socket.on('message', (message) => {
      this.onDatagram?.(message);
      if (isRtcp(message)) {
        this.newestReport = message;
        const report = this.#session.openRtcp(message);
        const ntp = report.readUInt32BE(8) + report.readUInt32BE(12) / 2 ** 32;
        this.reports.push({ ntp, timestamp: report.readUInt32BE(16) });
        return;
      }
      const rtp = readRtp(this.#session.open(message));
      if (rtp) this.packets.push({ ...rtp.header, payload: rtp.payload, time: performance.now() - since() });
    });
  }

  static async open(since: () => number, keys = newKeys()): Promise<PhonePort> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new PhonePort(socket, since, keys);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Picture loss indication (RFC 4585 §6.3.1). @returns it as it travels */
  askForKeyframe(): Buffer {
    return this.sendRtcp(Buffer.from([0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0]));
  }

  /** @returns it as it travels */
  sendRtp(header: RtpHeader, payload: Buffer): Buffer {
    const packet = Buffer.alloc(12);
    writeRtpHeader(packet, 0, header);
    const sealed = this.#outgoing.seal(Buffer.concat([packet, payload]));
    this.send(sealed);
    return sealed;
  }

  /** @returns it as it travels */
  sendRtcp(packet: Buffer): Buffer {
    const sealed = this.#outgoing.sealRtcp(packet);
    this.send(sealed);
    return sealed;
  }

  /** Whatever it is, to the camera's port. */
  send(packet: Buffer, sent?: () => void): void {
    this.#socket.send(packet, this.remotePort, '127.0.0.1', sent);
  }

  close(): void {
    this.#socket.close();
  }
}

/** An empty one: it only says that we are there. */
const RECEIVER_REPORT = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 1]);

/** What an iPhone asks for at home. */
export const wish = { width: 1280, height: 720, fps: 30, max_bit_rate: 299, rtcp_interval: 0.5 };

/** The controller's side of one live stream. */
export class Phone implements Disposable {
  readonly video: PhonePort;
  readonly audio: PhonePort;
  readonly sessionID = randomUUID();
  readonly #streaming: CameraStreaming;
  #started = 0;
  #stream: Stream | undefined;
  #reports: NodeJS.Timeout | undefined;

  private constructor(streaming: CameraStreaming, video: PhonePort, audio: PhonePort) {
    this.#streaming = streaming;
    this.video = video;
    this.audio = audio;
  }

  /** @param sharesKey one key serves both tracks */
  static async open(streaming: CameraStreaming, { sharesKey = false } = {}): Promise<Phone> {
    const since = () => phone.#started;
    const keys = newKeys();
    const audio = await PhonePort.open(since, sharesKey ? keys : newKeys());
    const phone: Phone = new Phone(streaming, await PhonePort.open(since, keys), audio);
    return phone;
  }

  /** @param ports other ports than ours to send to  @throws the HAP status */
  async prepare(ports?: { video: number; audio: number }, connection?: FakeConnection): Promise<void> {
    const endpoint = ({ key, salt, port }: PhonePort, other?: number) => ({ key, salt, port: other ?? port });
    const session = uuid.write(this.sessionID);
    const request = endpointsMessage(session, endpoint(this.video, ports?.video), endpoint(this.audio, ports?.audio));
    const stream = (this.#stream = await HapCamera.of(this.#streaming).setUp(request, connection));
    const address = decodeTlv(field(await stream.answer(), 3));
    this.video.remotePort = field(address, 3).readUInt16LE(0);
    this.audio.remotePort = field(address, 4).readUInt16LE(0);
  }

  async start(video: Partial<VideoInfo> = {}, audio: Partial<AudioInfo> = {}): Promise<void> {
    this.#started = performance.now();
    const request = {
      type: 'start',
      sessionID: this.sessionID,
      video: { codec: 0, profile: 2, level: 2, packetizationMode: 0, pt: 99, ssrc: 1, mtu: 1378, ...wish, ...video },
      audio: {
        codec: 'OPUS',
        channel: 1,
        bit_rate: 0,
        sample_rate: 24,
        packet_time: 20,
        pt: 110,
        ssrc: 2,
        max_bit_rate: 24,
        rtcp_interval: 5,
        comfort_pt: 13,
        comfortNoiseEnabled: false,
        ...audio,
      },
    };
    await this.#request(request as StartStreamRequest);
    this.#reports = setInterval(() => {
      for (const port of [this.video, this.audio]) port.sendRtcp(RECEIVER_REPORT);
    }, 500);
  }

  /** Sends no more reports. */
  vanish(): void {
    clearInterval(this.#reports);
  }

  reconfigure(video: Partial<typeof wish>): Promise<void> {
    const request = { type: 'reconfigure', sessionID: this.sessionID, video: { ...wish, ...video } };
    return this.#request(request as StreamingRequest);
  }

  stop(): Promise<void> {
    return this.#request({ type: 'stop', sessionID: this.sessionID } as StreamingRequest);
  }

  /** Its connection to the bridge ends: so does what it watches, and its stream is free again. */
  hangUp(): void {
    this.#stream?.connection.emit('closed');
  }

  [Symbol.dispose](): void {
    this.vanish();
    this.video.close();
    this.audio.close();
  }

  #request(request: StreamingRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#streaming.handleStreamRequest(request, (error) => (error ? reject(error) : resolve()));
    });
  }
}
