import { once } from 'node:events';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import * as hap from '@homebridge/hap-nodejs';
import { describe, expect, it } from '@jest/globals';
import { limits } from '../../../src/shared/internal.js';
import { until } from '../../support/until.js';
import { armed, record } from './armed.js';
import { ScriptedFeed } from './scripted-feed.js';

describe('a hub that takes nothing of its recording', () => {
  it('loses its connection before the memory is full', async () => {
    await using server = createServer((peer) => void peer.pause());
    const peer = once(server, 'connection') as Promise<[Socket]>;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    const [deaf] = await peer;
    const scripted = await ScriptedFeed.open();
    const { recorder, counters, logger } = await armed(scripted, { sound: false });
    // As HAP-NodeJS has it: each packet is written, and the end of the connection told.
    Object.assign(recorder.controller?.recordingManagement ?? {}, { recordingStream: { connection: { socket } } });
    socket.once('close', () => recorder.closeRecordingStream(1, undefined));
    scripted.play(11);
    const taking = (async () => {
      let most = 0;
      for await (const { data } of recorder.handleRecordingStreamRequest(1)) {
        socket.write(Buffer.alloc(Math.max(data.length, 8 * 1024 * 1024)));
        most = Math.max(most, socket.writableLength);
        if (most > 2 * limits.recording.waiting) break;
        scripted.play(4);
      }
      return most;
    })();
    const most = await taking;
    const isLeft = socket.destroyed;
    for (const end of [socket, deaf]) end.destroy();
    expect(most).toBeLessThan(limits.recording.waiting + 16 * 1024 * 1024);
    expect(isLeft).toBe(true);
    expect(counters.hits).toMatchObject([{ limit: 'recording.waiting', count: 1 }]);
    expect(logger.lines.filter((line) => line.includes('recording failed'))).toEqual([]);
  });

  it('loses it also where 16 of them fill the memory, each within its own limit: who holds most goes first', async () => {
    const MiB = 1024 * 1024;
    const written = 24 * MiB;
    expect(written).toBeLessThan(limits.recording.waiting);
    const scripted = await ScriptedFeed.open();
    // One hub takes everything, 16 have written bytes that never go out.
    const hubs = await Promise.all(
      Array.from({ length: 17 }, async (_, index) => {
        const { recorder, counters, logger } = await armed(scripted, { sound: false });
        const socket = new Socket();
        let waiting = 0;
        Object.defineProperty(socket, 'writableLength', { get: () => waiting });
        Object.assign(recorder.controller?.recordingManagement ?? {}, { recordingStream: { connection: { socket } } });
        socket.once('close', () => recorder.closeRecordingStream(1, undefined));
        return { recorder, counters, logger, socket, fill: () => (waiting = index > 0 ? written : 0) };
      }),
    );
    scripted.play(11);
    const recordings = hubs.map(({ recorder, fill }) => {
      const recording = record(recorder);
      return { ...recording, fill };
    });
    await until('the past', () => recordings.every(({ packets }) => packets.length >= 2));
    for (const { fill } of recordings) fill();
    scripted.play(8);
    await until('hubs are left', () => hubs.some(({ socket }) => socket.destroyed));
    const [good, ...deaf] = hubs;
    const left = deaf.filter(({ socket }) => !socket.destroyed);
    expect(left.length * written).toBeLessThan(limits.recording.waitingInAll);
    expect(left.length * written).toBeGreaterThan(limits.recording.waitingInAll / 2);
    for (const { socket, counters, logger } of deaf) {
      const told = socket.destroyed ? [{ limit: 'recording.waitingInAll', count: 1 }] : [];
      expect(counters.hits).toMatchObject(told);
      expect(logger.lines.filter((line) => line.includes('recording failed'))).toEqual([]);
    }
    await until('who takes everything has it', () => (recordings[0]?.packets.length ?? 0) >= 4);
    expect([good?.socket.destroyed, good?.counters.hits]).toEqual([false, []]);
    for (const { recorder } of hubs) recorder.closeRecordingStream(1, 0);
    await Promise.all(recordings.map(({ taking }) => taking));
    for (const { socket } of hubs) socket.destroy();
  });

  it('is none of many whose recordings begin at once: their past is what the time shift keeps', async () => {
    const scripted = await ScriptedFeed.open();
    scripted.filler = 2 * 1024 * 1024;
    const hubs = await Promise.all(
      Array.from({ length: 48 }, async () => {
        const { recorder, counters } = await armed(scripted, { sound: false });
        const socket = new Socket();
        Object.assign(recorder.controller?.recordingManagement ?? {}, { recordingStream: { connection: { socket } } });
        return { recorder, counters, socket };
      }),
    );
    scripted.play(11);
    const streams = hubs.map(({ recorder }) => recorder.handleRecordingStreamRequest(1));
    const begun = await Promise.all(streams.map((stream) => stream.next()));
    expect(begun.map(({ value }) => (value as { data: Buffer }).data.toString('latin1', 4, 8))).toEqual(
      hubs.map(() => 'ftyp'),
    );
    // 48 times two keyframes wait, 192 MiB.
    expect(hubs.filter(({ socket, counters }) => socket.destroyed || counters.hits.length > 0)).toHaveLength(0);
    for (const { recorder } of hubs) recorder.closeRecordingStream(1, 0);
    await Promise.all(streams.map((stream) => stream.return(undefined)));
  });

  it('has its connection where HAP-NodeJS keeps it', () => {
    expect(String(hap.RecordingManagement)).toContain('this.recordingStream = new CameraRecordingStream(connection,');
    expect(String(hap.DataStreamConnection)).toContain('this.socket = socket;');
  });
});
