import { describe, expect, it } from '@jest/globals';
import { RTP_HEADER_LENGTH } from '../../../src/homebridge/live/rtp.js';
import { RtpPackets, SRTP_TAG_LENGTH } from '../../../src/homebridge/live/rtp-packets.js';
import { Pacer } from '../../../src/homebridge/live/pacer.js';
import { ManualClock } from '../../../src/shared/index.js';

const PACKET = 1200;

/** One packet of so many bytes. */
function packet(bytes: number): RtpPackets {
  return new RtpPackets([bytes - RTP_HEADER_LENGTH - SRTP_TAG_LENGTH]);
}

function sending(packets: number) {
  const clock = new ManualClock(1000);
  const sent: number[] = [];
  const all: RtpPackets[] = [];
  const pacer = new Pacer(clock, (sentPackets) => sent.push(all.indexOf(sentPackets)));
  const enqueue = (bytes: number) => {
    all.push(packet(bytes));
    pacer.enqueue(all.at(-1) ?? packet(bytes));
  };
  for (let index = 0; index < packets; index += 1) enqueue(PACKET);
  return { clock, pacer, sent, enqueue };
}

describe('pacer', () => {
  it('sends a picture at once', () => {
    const { clock, sent } = sending(40);
    expect(sent.length).toBe(40);
    expect(clock.pending).toBe(0);
  });

  it('spreads a large group of pictures, in order, and loses none', () => {
    const { clock, pacer, sent } = sending(1000);
    expect(sent.length).toBeLessThan(60);
    clock.advance(20);
    expect(sent.length * PACKET).toBeGreaterThan(100_000);
    expect(sent.length).toBeLessThan(1000);
    clock.advance(500);
    expect(sent).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    expect(pacer.waiting).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('lets nothing overtake what waits', () => {
    const { clock, sent, enqueue } = sending(200);
    enqueue(100);
    expect(sent).not.toContain(200);
    clock.advance(500);
    expect(sent.at(-1)).toBe(200);
  });

  it('takes little packets for the work that they are, at each tick', () => {
    const clock = new ManualClock(1000);
    let [sent, prepared] = [0, 0];
    const pacer = new Pacer(clock, () => (sent += 1));
    const picture = () => new RtpPackets(Array.from({ length: 1000 }, () => 3));
    for (let count = 0; count < 8; count += 1) pacer.enqueue(picture(), () => (prepared += 1));
    expect([sent, prepared]).toEqual([65, 1]);
    expect(pacer.waiting).toBe((8000 - 65) * 1000);
    clock.advance(4);
    expect([sent, prepared]).toEqual([98, 1]);
    clock.advance(200);
    expect(prepared).toBe(Math.ceil(sent / 1000));
    clock.advance(1000);
    expect([sent, prepared, pacer.waiting, clock.pending]).toEqual([8000, 8, 0, 0]);
  });

  it('sends nothing after it was closed', () => {
    const { clock, pacer, sent } = sending(1000);
    const before = sent.length;
    pacer.close();
    clock.advance(1000);
    expect(sent.length).toBe(before);
    expect(clock.pending).toBe(0);
  });

  it('sends the packets of a picture in order, some of them later', () => {
    const clock = new ManualClock();
    const sent: number[] = [];
    const pacer = new Pacer(clock, (_, index) => sent.push(index));
    pacer.enqueue(new RtpPackets(Array.from({ length: 200 }, () => 1000)));
    expect(sent.length).toBeLessThan(70);
    expect(pacer.waiting).toBe((200 - sent.length) * 1022);
    clock.advance(500);
    expect(sent).toEqual(Array.from({ length: 200 }, (_, index) => index));
    expect(pacer.waiting).toBe(0);
  });
});
