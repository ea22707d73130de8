import { describe, expect, it } from '@jest/globals';
import type { RtpPackets } from '../../../src/homebridge/live/rtp-packets.js';
import type { RtpTrack } from '../../../src/homebridge/live/rtp-track.js';
import type { Picture } from '../../../src/homebridge/live/picture.js';
import { VideoSender } from '../../../src/homebridge/live/video-sender.js';
import { nalUnits } from '../../../src/shared/codec/index.js';
import { ManualClock } from '../../../src/shared/index.js';

/** A keyframe whose bytes are all the same, so that what another one wrote over it shows. */
function picture(size: number, fill: number): Picture {
  const data = Buffer.alloc(size, fill);
  data.set([0, 0, 0, 1, 0x65]);
  return { nals: nalUnits('h264', data), size, keyframe: true };
}

/** A sender whose packets can be looked at when they leave, and the memory that they were in. */
function sending() {
  const clock = new ManualClock();
  const fills: number[] = [];
  const memory: ArrayBufferLike[] = [];
  const network = { drained: true };
  const track = {
    congested: false,
    get drained() {
      return network.drained;
    },
    seal: ({ bytes }: RtpPackets) => memory.push(bytes.buffer),
    send: (packets: RtpPackets, index: number) => fills.push(packets.payload(index).at(-1) ?? 0),
  } as unknown as RtpTrack;
  const unexpected = () => {
    throw new Error('a picture was left out');
  };
  const sender = new VideoSender({
    ...{ track, clock, payloadType: 99, maxPayload: 1000 },
    ...{ onOversized: unexpected, onCongestion: unexpected },
  });
  return { sender, clock, fills, memory, network };
}

describe('the memory of packets', () => {
  it('is used again for the pictures that follow', () => {
    const { sender, clock, memory } = sending();
    for (let number = 1; number <= 50; number += 1) {
      sender.send(picture(15_000, number), 67 * number);
      clock.advance(67);
    }
    expect(new Set(memory).size).toBe(1);
  });

  it('is not written over while packets of a picture wait to be sent', () => {
    const { sender, clock, fills } = sending();
    const packets = [200, 150, 30, 10].map((count, index) => {
      sender.send(picture(count * 950, index + 1), index);
      return count;
    });
    expect(fills.length).toBeLessThan(200);
    clock.advance(1000);
    const sent = packets.map((_, index) => fills.filter((fill) => fill === index + 1).length);
    packets.forEach((count, index) => expect(sent[index]).toBeGreaterThan(count * 0.9));
    expect([...fills].sort((a, b) => a - b)).toEqual(fills);
  });

  it('is not written over while the system still has some of it', () => {
    const { sender, memory, network } = sending();
    network.drained = false;
    sender.send(picture(15_000, 1), 1);
    network.drained = true;
    sender.send(picture(15_000, 2), 2);
    expect(memory[1]).not.toBe(memory[0]);
    sender.send(picture(15_000, 3), 3);
    expect(memory[2]).toBe(memory[1]);
  });

  it('grows with the pictures, and what is freed of a giant one does not stay', () => {
    const { sender, clock, memory } = sending();
    for (const size of [10_000, 100_000, 10_000]) {
      sender.send(picture(size, 1), size);
      clock.advance(1000);
    }
    expect(memory[2]).toBe(memory[1]);
    sender.send(picture(3 * 1024 * 1024, 1), 200_000);
    clock.advance(1000);
    sender.send(picture(10_000, 1), 200_001);
    expect(memory.at(-1)?.byteLength).toBeLessThan(1024 * 1024);
  });
});
