import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { readFrame } from './decode.js';
import { Visitor } from './visitor.js';

describe('Faults of the simulator', () => {
  let clock: ManualClock;
  let simulator: Simulator;
  let visitor: Visitor;

  beforeEach(async () => {
    clock = new ManualClock(1_700_000_000_010);
    simulator = await Simulator.start({ cameras: 1, clock });
    visitor = await Visitor.loggedIn(simulator);
  });
  afterEach(() => simulator.stop());

  describe('of replies', () => {
    it('htmlReplies: a login page instead of JSON, on WebSockets too', async () => {
      simulator.faults.htmlReplies = true;
      const { contentType, body, status } = await visitor.get('/device/cameraList');
      expect({ contentType, status }).toEqual({ contentType: 'text/html', status: 200 });
      expect(body.toString()).toMatch(/^<!DOCTYPE html>/);
      await expect(visitor.socket('/meta/eventHook')).rejects.toThrow('200');
      expect((await visitor.login()).json).toMatchObject({ Result: 'OK' });
    });

    it('errorReplies: an error object in place of data, of a JPEG too', async () => {
      const { snapshotPath } = (await visitor.get('/device/getSnapshot?ChannelID=1')).json as { snapshotPath: string };
      simulator.faults.errorReplies = true;
      for (const path of ['/device/cameraList', `/device/download/?snapshot=${encodeURIComponent(snapshotPath)}`]) {
        expect((await visitor.get(path)).json).toEqual({ Result: 'Error', Description: 'simulated error' });
      }
    });

    it('brokenReplies: JSON that breaks off', async () => {
      simulator.faults.brokenReplies = true;
      const { json, body } = await visitor.get('/device/cameraList');
      expect(json).toBeUndefined();
      expect(body.toString()).toMatch(/^\[\{"ChannelID"/);
    });

    it('stringReplies and bareReplies: text for numbers and booleans, an object for a list of one', async () => {
      simulator.faults.stringReplies = true;
      const expected = { ChannelID: '1', Online: 'true', Recording: 'true', Event: 'false' };
      expect((await visitor.get('/device/cameraStatus')).json).toEqual([{ ...expected, Manual: 'false' }]);
      simulator.faults.bareReplies = true;
      expect((await visitor.get('/device/cameraStatus')).json).toEqual({ ...expected, Manual: 'false' });
      const hook = await visitor.socket('/device/cameraStatus');
      clock.advance(1000);
      await until('a status', () => hook.messages.length > 0);
      expect(JSON.parse(String(hook.messages[0]))).toEqual(expected);
    });

    it('slowReplies: late by that many ms', async () => {
      simulator.faults.slowReplies = 5000;
      const reply = visitor.get('/device/cameraList');
      await until('a reply that waits', () => clock.pending === 1);
      clock.advance(5000);
      expect((await reply).status).toBe(200);
    });

    it('stalledReplies: no answer, until the NVR restarts', async () => {
      simulator.faults.stalledReplies = true;
      const before = simulator.requests.length;
      const replies = [visitor.get('/device/cameraList'), visitor.socket('/meta/eventHook')];
      const outcomes = Promise.allSettled(replies);
      await until('both requests', () => simulator.requests.length === before + 2);
      await simulator.stop();
      expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    });

    it('resetReplies: cut in the middle of the body', async () => {
      simulator.faults.resetReplies = true;
      await expect(visitor.get('/device/cameraList')).rejects.toThrow();
      simulator.faults.resetReplies = false;
      expect((await visitor.get('/device/cameraList')).status).toBe(200);
    });
  });

  describe('of frames', () => {
    const framesAfter = async (prepare: () => void, count: number) => {
      const { messages } = await visitor.socket('/live/1/1');
      prepare();
      clock.advance(1000);
      await until('the frames of a second', () => messages.length === count);
      return messages;
    };
    /** 15 pictures and 24 whole sounds. */
    const SECOND = 39;

    it('bigEndianFrames and headerCountedFrames: another dialect', async () => {
      const messages = await framesAfter(() => {
        simulator.faults.bigEndianFrames = true;
        simulator.faults.headerCountedFrames = true;
      }, SECOND);
      expect(messages.every((message) => message.readUInt32BE(0) === 0x89639615)).toBe(true);
      expect(messages.every((message) => message.readUInt32BE(4) === message.length)).toBe(true);
    });

    it('joinedFrames and splitFrames: messages that are not frames', async () => {
      const joined = await framesAfter(() => void (simulator.faults.joinedFrames = true), Math.floor(SECOND / 2));
      for (const message of joined) {
        const length = 32 + message.readUInt32LE(4);
        expect(readFrame(message.subarray(0, length)).magic).toBe(0x89639615);
        expect(readFrame(message.subarray(length)).magic).toBe(0x89639615);
      }
      simulator.faults.joinedFrames = false;
      simulator.faults.splitFrames = true;
      visitor.leave();
      await until('no socket', () => simulator.openSockets === 0);
      const { messages } = await visitor.socket('/live/1/1');
      clock.advance(200);
      await until('some frames', () => messages.length >= 14);
      for (let at = 0; at < 14; at += 2)
        expect(readFrame(Buffer.concat(messages.slice(at, at + 2))).magic).toBe(0x89639615);
    });

    it.each([
      ['badMagicFrame', (message: Buffer) => message.readUInt32LE(0) !== 0x89639615],
      ['truncatedFrame', (message: Buffer) => 32 + message.readUInt32LE(4) > message.length && message.length === 52],
      ['oversizedFrame', (message: Buffer) => message.readUInt32LE(4) > 8 * 1024 * 1024],
      ['unknownFrame', (message: Buffer) => ![6, 7, 8, 9, 0x10].includes(message.readUInt16LE(8))],
    ] as const)('%s: one such message, then the stream goes on', async (name, isSuch) => {
      const messages = await framesAfter(() => simulator.faults[name](), SECOND + 1);
      expect(messages.map(isSuch)).toEqual([true, ...Array<boolean>(SECOND).fill(false)]);
    });

    it('silentLive: live sockets stay open and say nothing, hooks go on', async () => {
      simulator.faults.silentLive = true;
      const live = await visitor.socket('/live/1/0');
      const hook = await visitor.socket('/device/cameraStatus');
      clock.advance(3000);
      await until('three statuses', () => hook.messages.length === 3);
      expect(live.messages).toEqual([]);
      expect(simulator.openSockets).toBe(2);
    });
  });

  describe('of sockets and hooks', () => {
    const pongs = async (ping: () => void, socket: { once(event: 'pong', listener: () => void): unknown }) => {
      let count = 0;
      socket.once('pong', () => (count += 1));
      ping();
      return () => count;
    };

    it('halfOpenSockets: nothing is sent, no ping answered', async () => {
      const { socket, messages } = await visitor.socket('/device/cameraStatus');
      const healthy = await pongs(() => socket.ping(), socket);
      await until('a pong', () => healthy() === 1);
      simulator.faults.halfOpenSockets = true;
      const half = await pongs(() => socket.ping(), socket);
      clock.advance(3000);
      simulator.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
      await visitor.get('/device/cameraList');
      simulator.faults.halfOpenSockets = false;
      clock.advance(1000);
      await until('a status again', () => messages.length === 1);
      expect(half()).toBe(0);
      expect(simulator.openSockets).toBe(1);
    });

    it('clockJump: frames and getTime go ahead, the pace stays', async () => {
      const { messages } = await visitor.socket('/live/1/1');
      clock.advance(200);
      await until('a frame', () => messages.length > 0);
      const before = readFrame(messages.at(-1) ?? Buffer.alloc(0)).timestamp;
      simulator.faults.clockJump(3600);
      const count = messages.length;
      clock.advance(200);
      await until('another', () => messages.length > count);
      const ahead = readFrame(messages.at(-1) ?? Buffer.alloc(0)).timestamp - before;
      expect(Math.round(ahead / 1000)).toBe(3600);
      expect((await visitor.get('/system/getTime')).json).toMatchObject({ time: 1_700_003_600_410 });
      expect(() => simulator.faults.clockJump(-1)).toThrow('whole number from 0');
    });

    it('unknownEvent, badHookMessage, eventStorm', async () => {
      const { messages } = await visitor.socket('/meta/eventHook');
      simulator.faults.unknownEvent();
      simulator.faults.badHookMessage();
      simulator.faults.eventStorm(100);
      await until('everything', () => messages.length === 202);
      expect(JSON.parse(String(messages[0]))).toEqual({ ChannelID: 1, Type: 'NeverHeardOf', State: 'once' });
      expect(() => JSON.parse(String(messages[1])) as unknown).toThrow(SyntaxError);
      expect(JSON.parse(String(messages[201]))).toEqual({ ChannelID: 1, Type: 'Motion', State: 'inactive' });
    });
  });
});
