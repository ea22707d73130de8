import { setTimeout as wait } from 'node:timers/promises';
import type { RtpHeader } from '../../../src/homebridge/live/rtp.js';
import type { Phone } from '../live/phone.js';

/** What the phone's side of the test's START says. */
export const PAYLOAD_TYPE = 110;
/** Ticks of 20 ms at 24 kHz. */
const TICKS = 480;

export type Send = (header: RtpHeader, payload: Buffer, at: number) => unknown;

export interface Speech {
  /** Sequence number of the first packet. */
  readonly from?: number;
  readonly ssrc?: number;
  readonly payloadType?: number;
  /** ms between two packets. */
  readonly packetTime?: number;
  /** Takes the place of sending it. */
  readonly send?: Send;
}

/** Says it in real time: each packet when it is due. @returns the number of the next packet */
export async function speak(phone: Phone, packets: readonly Buffer[], speech: Speech = {}): Promise<number> {
  const { from = 1000, ssrc = 2, payloadType = PAYLOAD_TYPE, packetTime = 20 } = speech;
  const send: Send = speech.send ?? ((header, payload) => phone.audio.sendRtp(header, payload));
  const begin = performance.now();
  for (const [at, payload] of packets.entries()) {
    const early = begin + at * packetTime - performance.now();
    if (early > 0) await wait(early);
    const number = from + at;
    const timestamp = (number * (TICKS / 20) * packetTime) % 2 ** 32;
    send({ marker: at === 0, payloadType, sequence: number % 2 ** 16, timestamp, ssrc }, payload, at);
  }
  return from + packets.length;
}
