import { randomInt } from 'node:crypto';
import type { Clock } from '../../shared/index.js';
import { limits } from '../../shared/internal.js';
import { isRtcp, RTP_HEADER_LENGTH, writeRtpHeader } from './rtp.js';
import { asksForKeyframe, writeSenderReport } from './rtcp.js';
import { type RtpPackets, SRTP_TAG_LENGTH } from './rtp-packets.js';
import type { RtpSocket } from './rtp-socket.js';
import {
  claimedOrigin,
  deriveSessionKeys,
  protectRtcp,
  type ReceivedSources,
  type SrtpMaster,
  SrtpSender,
  unprotectRtcp,
} from './srtp.js';
import { type ReceivedRtp, SrtpReceiver } from './srtp-receiver.js';

/** Bytes of a whole packet. HomeKit offers 1,378, which some networks on the way to the phone do not carry. */
const MAX_PACKET_LENGTH = 1200;

/** Bytes of payload that fit into one packet where HomeKit's MTU is `mtu` bytes. */
export function maxPayloadLength(mtu: number): number {
  return Math.min(mtu, MAX_PACKET_LENGTH) - RTP_HEADER_LENGTH - SRTP_TAG_LENGTH;
}

type FloodLimit = 'phone.rtcp' | 'phone.ownRtcp' | 'phone.rtp' | 'phone.ownRtp';

export interface RtpTrackOptions {
  readonly socket: RtpSocket;
  readonly master: SrtpMaster;
  readonly ssrc: number;
  /** Of all tracks under that key. */
  readonly received: ReceivedSources;
  readonly clock: Clock;
  /** RTCP came in that is the phone's and new: it is alive. `keyframeWanted`: it lost pictures (PLI, FIR). */
  readonly onFeedback: (keyframeWanted: boolean) => void;
  /** RTP came in that is the phone's and new: what it says. Without this, RTP is passed over. */
  readonly onRtp?: ((packet: ReceivedRtp) => void) | undefined;
  /** More than a phone sends of `what`: the rest of its kind of this second is passed over. */
  readonly onFlood: (limit: FloodLimit, what: 'RTCP' | 'sound') => void;
}

/** One outgoing SRTP stream: counts, numbers, protects and sends, and listens to what the phone sends back. */
export class RtpTrack {
  readonly #options: RtpTrackOptions;
  readonly #keys;
  readonly #sender: SrtpSender;
  readonly #receiver: SrtpReceiver;
  /** RTP time starts anywhere (RFC 3550 §5.1). */
  readonly #timestampBase = randomInt(2 ** 32);
  /** Sequence number of the next packet, which goes on counting at 65,536. */
  #index = randomInt(2 ** 15);
  #rtcpIndex = 0;
  #packets = 0;
  #octets = 0;
  #second = 0;
  /** Packets of this second, by the budget that they have. */
  #looked = new Map<string, number>();

  constructor(options: RtpTrackOptions) {
    this.#options = options;
    this.#keys = deriveSessionKeys(options.master);
    this.#sender = new SrtpSender(this.#keys.rtp);
    this.#receiver = new SrtpReceiver(this.#keys.rtp);
    options.received.addOwn(options.ssrc);
    options.socket.onPacket = (packet, fromItsPort) => this.#receive(packet, fromItsPort);
  }

  /** Packets made so far. */
  get packets(): number {
    return this.#packets;
  }

  /** Whether the network takes no more. */
  get congested(): boolean {
    return this.#options.socket.congested;
  }

  /** Whether the system has taken all packets: no memory of them is needed any more. */
  get drained(): boolean {
    return this.#options.socket.drained;
  }

  /**
   * Makes finished packets of payloads, in place.
   * @param times unwrapped RTP time of all, or of each, ticks; may be negative
   * @param marked the number of the packet that has the marker
   */
  seal(packets: RtpPackets, payloadType: number, times: number | readonly number[], marked?: number): void {
    const { ssrc } = this.#options;
    const { bytes, starts } = packets;
    const header = { marker: false, payloadType, sequence: 0, timestamp: 0, ssrc };
    starts.forEach((start, at) => {
      header.sequence = (this.#index + at) % 2 ** 16;
      header.timestamp = this.#wrap(typeof times === 'number' ? times : (times[at] ?? 0));
      header.marker = at === marked;
      writeRtpHeader(bytes, start, header);
    });
    this.#sender.protect(packets, this.#index);
    this.#index += packets.count;
    this.#packets += packets.count;
    this.#octets += packets.octets;
  }

  /** Sends one of them. */
  send(packets: RtpPackets, index: number): void {
    this.#options.socket.send(packets.bytes, packets.starts[index] ?? 0, packets.sizeOf(index));
  }

  /** @param time wall clock, ms  @param ticks RTP time of that moment */
  report(time: number, ticks: number, cname: string): void {
    const { ssrc, socket } = this.#options;
    const timestamp = this.#wrap(ticks);
    const report = writeSenderReport({ ssrc, time, timestamp, packets: this.#packets, octets: this.#octets, cname });
    const packet = protectRtcp(this.#keys.rtcp, report, this.#rtcpIndex);
    socket.send(packet, 0, packet.length);
    this.#rtcpIndex = (this.#rtcpIndex + 1) % 2 ** 31;
  }

  #wrap(ticks: number): number {
    return (((this.#timestampBase + ticks) % 2 ** 32) + 2 ** 32) % 2 ** 32;
  }

  #receive(packet: Buffer, fromItsPort: boolean): void {
    if (!isRtcp(packet)) return this.#receiveRtp(packet, fromItsPort);
    const origin = claimedOrigin(packet);
    if (!origin || this.#isFlooded('rtcp', this.#options.received.mayFollow(origin), fromItsPort)) return;
    const rtcp = unprotectRtcp(this.#keys.rtcp, packet);
    if (!rtcp || !this.#options.received.accept(rtcp)) return;
    this.#options.onFeedback(asksForKeyframe(rtcp.packet));
  }

  #receiveRtp(packet: Buffer, fromItsPort: boolean): void {
    const { received, onRtp } = this.#options;
    if (!onRtp || this.#isFlooded('rtp', this.#receiver.isFamiliar(packet), fromItsPort)) return;
    const rtp = this.#receiver.open(packet);
    // What comes back of our own is authentic, for both directions share the key.
    if (rtp && !received.isOwn(rtp.header.ssrc)) onRtp(rtp);
  }

  /** Authentication costs time, so it is decided before it; and so that a forged flood does not use up what is the phone's. */
  #isFlooded(kind: 'rtcp' | 'rtp', isFamiliar: boolean, fromItsPort: boolean): boolean {
    const second = Math.floor(this.#options.clock.now() / 1000);
    if (second !== this.#second) this.#looked.clear();
    this.#second = second;
    const budget = isFamiliar ? 'familiar' : fromItsPort ? 'itsPort' : 'other';
    const limit = budget === 'other' ? kind : kind === 'rtp' ? 'ownRtp' : 'ownRtcp';
    const looked = (this.#looked.get(`${kind} ${budget}`) ?? 0) + 1;
    this.#looked.set(`${kind} ${budget}`, looked);
    const beyond = looked - limits.phone[limit];
    if (beyond === 1) this.#options.onFlood(`phone.${limit}`, kind === 'rtp' ? 'sound' : 'RTCP');
    return beyond > 0;
  }
}
