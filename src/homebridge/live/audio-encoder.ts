import { createSocket, type Socket } from 'node:dgram';
import { type Child, type ChildOwner, type Ffmpeg, startFfmpeg } from '../../shared/ffmpeg/index.js';
import { MU_LAW_SILENCE } from '../../shared/codec/index.js';
import { audioArguments, type AudioSettings, encoderClockRate, packetsTogether } from './audio-policy.js';
import { SAMPLES_PER_MS } from './audio-timeline.js';
import { opusFrames } from './opus-packet.js';
import { readRtp } from './rtp.js';

/** Samples that may wait while ffmpeg starts: 8 s. Bytes. */
const MAX_WAITING = 64 * 1024;
/**
 * Sound that ffmpeg is given at once: NVRs send half of that in a frame, and to wake a process, and to be woken by its
 * answers, costs more than to encode them. ms, bytes
 */
const FEED_TIME = 80;
const FEED = FEED_TIME * SAMPLES_PER_MS;
/** Silence in front of all sound: what ffmpeg's filter holds back, so that 80 ms more make packets of 80 ms more. ms */
export const LEAD_TIME = 5;
const LEAD = LEAD_TIME * SAMPLES_PER_MS;

/** A packet for the phone. */
export interface SoundPacket {
  readonly payload: Buffer;
  /** RTP time since the first, ticks of the negotiated rate. */
  readonly elapsed: number;
}

export interface AudioEncoderOptions {
  readonly settings: AudioSettings;
  readonly ffmpeg: Pick<Ffmpeg, 'path' | 'children'>;
  /** The camera: its processes are counted. */
  readonly owner: ChildOwner;
  readonly onPackets: (packets: readonly SoundPacket[]) => void;
  readonly onFailure: (reason: string) => void;
}

/**
 * One ffmpeg that turns µ-law into what HomeKit plays. Its packets come back as plain RTP over loopback: no container
 * holds both Opus and AAC-ELD, and RTP gives each frame away at once.
 */
export class AudioEncoder {
  readonly #options: AudioEncoderOptions;
  readonly #socket: Socket;
  #child: Child | undefined;
  #source: number | undefined;
  #waiting: Buffer[] = [Buffer.alloc(LEAD, MU_LAW_SILENCE)];
  #waitingBytes = LEAD;
  /** Samples written so far, and as of how many ffmpeg is given those that wait. */
  #written = LEAD;
  #due = 0;
  #firstTimestamp: number | undefined;
  /** Packets that are handed on together: what is done for one packet alone costs twice as much. */
  readonly #together: number;
  #ready: SoundPacket[] = [];
  #closed = false;

  constructor(options: AudioEncoderOptions) {
    this.#options = options;
    this.#together = Math.max(1, Math.floor(FEED_TIME / options.settings.packetTime));
    this.#socket = createSocket('udp4');
    this.#socket.on('error', (error) => this.#fail(error.message));
    this.#socket.on('message', (packet, { port }) => this.#receive(packet, port));
    this.#socket.bind(0, '127.0.0.1', () => this.#spawn());
  }

  /** Returns `false` if the samples cannot be taken. */
  write(samples: Buffer): boolean {
    if (this.#closed) return false;
    // Those of the feed before that are still here.
    this.#handOn();
    this.#waitingBytes += samples.length;
    if (this.#waitingBytes > MAX_WAITING) return false;
    this.#waiting.push(samples);
    this.#written += samples.length;
    return !this.#child || this.#written < this.#due || this.#feed(this.#child);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting = [];
    this.#ready = [];
    this.#socket.close();
    await this.#child?.stop();
  }

  #spawn(): void {
    if (this.#closed) return;
    const { ffmpeg, settings, owner } = this.#options;
    const child = startFfmpeg(ffmpeg, 'sound', audioArguments(settings, this.#socket.address().port), owner);
    child.read(() => undefined); // The SDP, which nobody needs.
    void child.exited.then(({ complaint }) => this.#fail(complaint || 'ffmpeg ended'));
    this.#feed(child);
    this.#child = child;
  }

  #feed(child: Child): boolean {
    const [samples = Buffer.alloc(0), ...more] = this.#waiting.splice(0);
    this.#waitingBytes = 0;
    this.#due = LEAD + FEED * (Math.floor((this.#written - LEAD) / FEED) + 1);
    return child.write(more.length > 0 ? Buffer.concat([samples, ...more]) : samples);
  }

  #receive(packet: Buffer, port: number): void {
    const rtp = readRtp(packet);
    if (!rtp || this.#closed) return;
    // Whoever is on this machine could reach our port: once ffmpeg has spoken, only it is listened to.
    this.#source ??= port;
    if (port !== this.#source) return;
    const { settings } = this.#options;
    const { timestamp } = rtp.header;
    const isFirst = this.#firstTimestamp === undefined;
    this.#firstTimestamp ??= timestamp;
    const ticks = (timestamp - this.#firstTimestamp) >>> 0;
    const elapsed = Math.round((ticks * settings.sampleRate) / encoderClockRate(settings));
    const payloads = packetsTogether(settings) > 1 ? opusFrames(rtp.payload) : [rtp.payload];
    const step = (settings.packetTime * settings.sampleRate) / 1000;
    payloads.forEach((payload, index) => this.#ready.push({ payload, elapsed: elapsed + index * step }));
    if (isFirst || this.#ready.length >= this.#together) this.#handOn();
  }

  #handOn(): void {
    if (this.#ready.length > 0) this.#options.onPackets(this.#ready.splice(0));
  }

  #fail(reason: string): void {
    if (this.#closed) return;
    void this.close();
    this.#options.onFailure(reason);
  }
}
