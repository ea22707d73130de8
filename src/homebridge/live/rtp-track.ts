import { randomInt } from 'node:crypto';
import { isRtcp, RTP_HEADER_LENGTH, writeRtpHeader } from './rtp.js';
import { asksForKeyframe, writeSenderReport } from './rtcp.js';
import type { RtpSocket } from './rtp-socket.js';
import { deriveSessionKeys, protectRtcp, protectRtp, SRTP_TAG_LENGTH, type SrtpMaster, unprotectRtcp } from './srtp.js';

/** Bytes of a whole packet. HomeKit offers 1,378, which some networks on the way to the phone do not carry. */
const MAX_PACKET_LENGTH = 1200;

/** Bytes of payload that fit into one packet where HomeKit's MTU is `mtu` bytes. */
export function maxPayloadLength(mtu: number): number {
  return Math.min(mtu, MAX_PACKET_LENGTH) - RTP_HEADER_LENGTH - SRTP_TAG_LENGTH;
}

export interface RtpTrackOptions {
  readonly socket: RtpSocket;
  readonly master: SrtpMaster;
  readonly ssrc: number;
  /** Authenticated RTCP came in: the phone is alive. `keyframeWanted`: it lost pictures (PLI, FIR). */
  readonly onFeedback: (keyframeWanted: boolean) => void;
}

/** One outgoing SRTP stream: counts, numbers, protects and sends, and listens to the phone's RTCP. */
export class RtpTrack {
  readonly #options: RtpTrackOptions;
  readonly #keys;
  /** RTP time starts anywhere (RFC 3550 §5.1). */
  readonly #timestampBase = randomInt(2 ** 32);
  #sequence = randomInt(2 ** 15);
  #rollovers = 0;
  #rtcpIndex = 0;
  #packets = 0;
  #octets = 0;

  constructor(options: RtpTrackOptions) {
    this.#options = options;
    this.#keys = deriveSessionKeys(options.master);
    options.socket.onPacket = (packet) => this.#receive(packet);
  }

  /** Packets sent so far. */
  get packets(): number {
    return this.#packets;
  }

  /** @param ticks unwrapped RTP time; may be negative */
  send(payload: Buffer, payloadType: number, ticks: number, marker: boolean): void {
    const { ssrc, socket } = this.#options;
    const header = writeRtpHeader({
      marker,
      payloadType,
      sequence: this.#sequence,
      timestamp: this.#wrap(ticks),
      ssrc,
    });
    socket.send(protectRtp(this.#keys.rtp, header, payload, this.#rollovers));
    this.#packets += 1;
    this.#octets += payload.length;
    this.#sequence = (this.#sequence + 1) % 2 ** 16;
    if (this.#sequence === 0) this.#rollovers += 1;
  }

  /** @param time wall clock, ms  @param ticks RTP time of that moment */
  report(time: number, ticks: number, cname: string): void {
    const { ssrc, socket } = this.#options;
    const timestamp = this.#wrap(ticks);
    const report = writeSenderReport({ ssrc, time, timestamp, packets: this.#packets, octets: this.#octets, cname });
    socket.send(protectRtcp(this.#keys.rtcp, report, this.#rtcpIndex));
    this.#rtcpIndex = (this.#rtcpIndex + 1) % 2 ** 31;
  }

  #wrap(ticks: number): number {
    return (((this.#timestampBase + ticks) % 2 ** 32) + 2 ** 32) % 2 ** 32;
  }

  #receive(packet: Buffer): void {
    const rtcp = isRtcp(packet) ? unprotectRtcp(this.#keys.rtcp, packet) : undefined;
    if (rtcp) this.#options.onFeedback(asksForKeyframe(rtcp));
  }
}
