import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { Visitor } from './visitor.js';

/** A talk frame, byte by byte as SDK 3.2 has it. */
function talkFrame(data: Buffer, { magic = 0x89639615, length = data.length, type = 0x10 } = {}): Buffer {
  const header = Buffer.alloc(32);
  header.writeUInt32LE(magic, 0);
  header.writeUInt32LE(length, 4);
  header.writeUInt16LE(type, 8);
  header.writeUInt32LE(1_700_000_000, 14);
  header.writeUInt16LE(123, 18);
  return Buffer.concat([header, data]);
}

const sound = (fill: number, length = 160) => Buffer.alloc(length, fill);

describe('Talk of the simulator', () => {
  let clock: ManualClock;
  let simulator: Simulator;
  let visitor: Visitor;

  beforeEach(async () => {
    clock = new ManualClock(1_700_000_000_000);
    simulator = await Simulator.start({ cameras: 2, clock });
    visitor = await Visitor.loggedIn(simulator);
  });
  afterEach(() => simulator.stop());

  it('keeps what is said to each camera, and to the NVR itself', async () => {
    for (const [path, channel] of [
      ['?ChannelID=2', 2],
      ['', 0],
    ] as const) {
      const { socket } = await visitor.socket(`/audioBackchannel${path}`);
      socket.send(talkFrame(sound(channel)));
      socket.send(talkFrame(sound(7, 80)));
      await until('both frames', () => simulator.talk(channel).frames.length === 2);
      expect(simulator.talk(channel).audio).toEqual(Buffer.concat([sound(channel), sound(7, 80)]));
      expect(simulator.talk(channel).frames[0]).toMatchObject({ at: clock.wall(), timestamp: 1_700_000_000_123 });
    }
    expect(simulator.talk(1).audio).toHaveLength(0);
    expect(simulator.refused).toEqual([]);
  });

  it('forgets what is older than 60 s', async () => {
    const { socket } = await visitor.socket('/audioBackchannel?ChannelID=1');
    for (let second = 0; second < 70; second += 1) {
      socket.send(talkFrame(sound(second, 8000)));
      await until('the frame', () => simulator.talk(1).frames.at(-1)?.data[0] === second);
      clock.advance(1000);
    }
    expect(simulator.talk(1).audio).toHaveLength(480_000);
    expect(simulator.talk(1).audio[0]).toBe(10);
  });

  it.each([
    ['a text', 'hello', 'talk is binary'],
    ['less than a header', Buffer.alloc(20), 'frame header'],
    ['another magic', talkFrame(sound(1), { magic: 1 }), 'frame header'],
    ['video', talkFrame(sound(1), { type: 6 }), 'frameType 6'],
    ['a datalen that lies', talkFrame(sound(1), { length: 192 }), 'datalen 192, but 160'],
    ['an empty frame', talkFrame(sound(1, 0)), '0 bytes'],
    ['too much in one frame', talkFrame(sound(1, 8001)), '8001 bytes'],
  ])('notes %s', async (_what, message, why) => {
    const { socket } = await visitor.socket('/audioBackchannel?ChannelID=1');
    socket.send(message);
    await until('a refusal', () => simulator.refused.length === 1);
    expect(simulator.refused[0]?.why).toContain(why);
    socket.send(talkFrame(sound(1)));
    await until('the next frame', () => simulator.talk(1).frames.length === 1);
  });

  it('notes sound that comes more than a second before it can be heard', async () => {
    const { socket } = await visitor.socket('/audioBackchannel?ChannelID=1');
    for (let frame = 0; frame < 51; frame += 1) socket.send(talkFrame(sound(frame)));
    await until('a refusal', () => simulator.refused.length === 1);
    expect(simulator.talk(1).frames).toHaveLength(50);
    expect(simulator.refused[0]?.why).toContain('faster than it can be heard');
    clock.advance(20);
    socket.send(talkFrame(sound(99)));
    await until('the next frame', () => simulator.talk(1).frames.length === 51);
  });

  it.each(['?ChannelID=3', '?ChannelID=0', '?ChannelID=x', '?Volume=1'])('refuses %s', async (query) => {
    await expect(visitor.socket(`/audioBackchannel${query}`)).rejects.toThrow('400');
    expect(simulator.refused).toHaveLength(1);
  });

  it('lets one talk at a time, until that ends', async () => {
    const { socket } = await visitor.socket('/audioBackchannel?ChannelID=1');
    await expect(visitor.socket('/audioBackchannel?ChannelID=1')).rejects.toThrow('400');
    await visitor.socket('/audioBackchannel?ChannelID=2');
    socket.terminate();
    await until('the talk to end', () => simulator.openSockets === 1);
    await visitor.socket('/audioBackchannel?ChannelID=1');
  });

  it('rejectTalk: closed at once', async () => {
    simulator.faults.rejectTalk = true;
    const { socket } = await visitor.socket('/audioBackchannel?ChannelID=1');
    await until('the close', () => socket.readyState === socket.CLOSED && simulator.openSockets === 0);
  });
});
