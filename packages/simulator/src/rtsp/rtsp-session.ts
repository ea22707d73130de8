import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../../../../src/shared/clock.js';
import type { Frame } from '../../../../src/shared/codec/frame.js';
import type { Outlet } from './outlet.js';
import { payloadsOf } from './packetizer.js';
import type { Presentation, Screening } from './presentation.js';
import { RtpTrack } from './rtp-track.js';
import { RtspRefusal } from './rtsp-refusal.js';
import type { RtspScreen } from './rtsp-screen.js';
import type { TrackFormat } from './sdp.js';

/** s; without a sign of life for so long a session ends (RFC 2326 section 12.37). */
const SESSION_TIMEOUT = 60;
/** ms between sender reports */
const REPORT_INTERVAL = 5000;
/** The name that sound and pictures share. */
const CNAME = 'everfocus-simulator';

interface Track {
  readonly rtp: RtpTrack;
  readonly outlet: Outlet;
  /** As the client names it. */
  readonly url: string;
}

/** What one client sees: set up track by track, then played. */
export class RtspSession implements RtspScreen {
  readonly id = randomBytes(8).toString('hex');
  /** Path and query of what it shows. */
  readonly address: string;
  /** `Range` of the reply to PLAY. */
  readonly range: string;
  readonly #clock: Clock;
  readonly #expired: () => void;
  readonly #screening: Screening;
  /** By their place in the session description: 0 video, 1 audio. */
  readonly #tracks = new Map<number, Track>();
  #playing = false;
  /** From when the client reads too slowly until a keyframe. */
  #behind = false;
  #reports: Timer | undefined;
  #expiry: Timer;

  /**
   * @param expired is called where the client gives no sign of life any more
   * @throws {@link Refusal}
   */
  constructor(address: string, presentation: Presentation, clock: Clock, expired: () => void) {
    this.address = address;
    this.range = presentation.range;
    this.#clock = clock;
    this.#expired = expired;
    this.#screening = presentation.open(this);
    this.#expiry = this.#awaitLife();
  }

  /** `Session` of every reply. */
  get header(): string {
    return `${this.id};timeout=${SESSION_TIMEOUT}`;
  }

  get playing(): boolean {
    return this.#playing;
  }

  /** Channel of the connection for a track whose client does not choose one. */
  get freeChannel(): number {
    return this.#tracks.size * 2;
  }

  get full(): boolean {
    return [...this.#tracks.values()].some(({ outlet }) => outlet.full);
  }

  /** Whatever the client sends is a sign of life. */
  alive(): void {
    this.#expiry.cancel();
    this.#expiry = this.#awaitLife();
  }

  hasTrack(index: number): boolean {
    return this.#tracks.has(index);
  }

  addTrack(index: number, { payloadType, rate }: TrackFormat, url: string, outlet: Outlet): void {
    this.#tracks.set(index, { rtp: new RtpTrack(payloadType, rate), outlet, url });
  }

  /** `RTP-Info` (RFC 2326 section 12.33) of what is sent from now on. */
  get rtpInfo(): string {
    const now = this.#clock.wall();
    const tracks = [...this.#tracks.values()];
    return tracks.map(({ rtp, url }) => `url=${url};seq=${rtp.sequence};rtptime=${rtp.stamp(now)}`).join(',');
  }

  play(): void {
    if (this.#playing) return;
    this.#playing = true;
    this.#report();
    this.#screening.resume();
  }

  pause(): void {
    this.#playing = false;
    this.#reports?.cancel();
    this.#screening.pause();
  }

  /** @throws {@link Refusal} */
  control(command: string): void {
    if (!this.#playing) throw new RtspRefusal(455, 'a command before PLAY');
    this.#screening.control(command);
  }

  close(): void {
    this.#playing = false;
    this.#expiry.cancel();
    this.#reports?.cancel();
    this.#screening.close();
    for (const { outlet } of this.#tracks.values()) outlet.close();
    this.#tracks.clear();
  }

  #awaitLife(): Timer {
    return this.#clock.after(SESSION_TIMEOUT * 1000, () => this.#expired());
  }

  #report(): void {
    const now = this.#clock.wall();
    for (const { rtp, outlet } of this.#tracks.values()) outlet.rtcp(rtp.report(now, CNAME));
    this.#reports = this.#clock.after(REPORT_INTERVAL, () => this.#report());
  }

  show(frame: Frame, time: number): void {
    if (!this.#playing) return;
    const fresh = !this.#tracks.has(0) || (frame.kind === 'video' && frame.keyframe);
    this.#behind = this.full || (this.#behind && !fresh);
    const track = this.#tracks.get(frame.kind === 'video' ? 0 : 1);
    if (!track || this.#behind) return;
    const payloads = payloadsOf(frame);
    payloads.forEach((payload, index) => {
      const marker = frame.kind === 'video' && index === payloads.length - 1;
      track.outlet.rtp(track.rtp.packet(payload, time, marker));
    });
  }
}
