import { describe, expect, it } from '@jest/globals';
import { Pacer } from '../../../src/homebridge/live/pacer.js';
import { ManualClock } from '../../../src/shared/index.js';

const PACKET = 1200;

function sending(packets: number) {
  const clock = new ManualClock(1000);
  const pacer = new Pacer(clock);
  const sent: number[] = [];
  for (let index = 0; index < packets; index += 1) pacer.enqueue(PACKET, () => sent.push(index));
  return { clock, pacer, sent };
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
    const { clock, pacer, sent } = sending(200);
    pacer.enqueue(1, () => sent.push(200));
    expect(sent).not.toContain(200);
    clock.advance(500);
    expect(sent.at(-1)).toBe(200);
  });

  it('sends nothing after it was closed', () => {
    const { clock, pacer, sent } = sending(1000);
    const before = sent.length;
    pacer.close();
    clock.advance(1000);
    expect(sent.length).toBe(before);
    expect(clock.pending).toBe(0);
  });
});
