import { describe, expect, it } from '@jest/globals';
import { createSocket } from 'node:dgram';
import { AudioEncoder, type SoundPacket } from '../../../src/homebridge/live/audio-encoder.js';
import { AudioSender } from '../../../src/homebridge/live/audio-sender.js';
import { CameraSound, type SoundListener } from '../../../src/homebridge/live/camera-sound.js';
import type { AudioSettings } from '../../../src/homebridge/live/audio-policy.js';
import { writeRtpHeader } from '../../../src/homebridge/live/rtp.js';
import type { RtpTrack } from '../../../src/homebridge/live/rtp-track.js';
import { VolumeControl } from '../../../src/homebridge/live/volume-control.js';
import { type ChildOwner, Children, type Ffmpeg } from '../../../src/shared/ffmpeg/index.js';
import { type AudioFrame, ManualClock, silentLogger, systemClock } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import { openCamera } from './camera.js';
import { Phone } from './phone.js';
import { steps } from './pictures.js';

const encoders = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;

/** ticks from one packet to the next: none is missing where all are the same. */
const gaps = (phone: Phone) => new Set(steps(phone.audio.packets.map(({ timestamp }) => timestamp)));

describe('sound', () => {
  it('is encoded once for viewers who asked for the same, whoever of them comes and goes', async () => {
    await using camera = await openCamera();
    await until('those that looked for ffmpeg to be gone', () => encoders() === 0);
    const open = async () => {
      const phone = await Phone.open(camera.streaming);
      await phone.prepare();
      await phone.start();
      await until('sound', () => phone.audio.packets.length > 5);
      return phone;
    };
    using first = await open();
    using second = await open();
    expect(encoders()).toBe(1);
    await first.stop();
    const heard = second.audio.packets.length;
    await until('the other hears more', () => second.audio.packets.length > heard + 20);
    expect(encoders()).toBe(1);
    using third = await open();
    expect(encoders()).toBe(1);
    for (const phone of [second, third]) expect(gaps(phone)).toEqual(new Set([480]));
    await second.stop();
    await third.stop();
    await until('no encoder is left', () => encoders() === 0);
  });

  it('takes no notice of a date that is set', async () => {
    let ahead = 0;
    const clock = { ...systemClock, wall: () => Date.now() + ahead };
    await using camera = await openCamera({}, { clock });
    using phone = await Phone.open(camera.streaming);
    await phone.prepare();
    await phone.start();
    await until('sound', () => phone.audio.packets.length > 5);
    for (const step of [3_600_000, -3_600_000, 0]) {
      ahead = step;
      const heard = phone.audio.packets.length;
      await until('more of it', () => phone.audio.packets.length > heard + 20);
    }
    expect(gaps(phone)).toEqual(new Set([480]));
  });

  it('goes on through one process where its times step to and fro', async () => {
    const clock = new ManualClock();
    const children = new Children({ clock });
    let starts = 0;
    // A camera's process that ends at once would end the sound: this one reads and says nothing.
    const path = process.execPath;
    const counting = new Proxy(children, {
      get: (target, name) =>
        name === 'start'
          ? (purpose: 'sound', _path: string, _args: readonly string[], owner?: ChildOwner) => {
              starts += 1;
              return target.start(purpose, path, ['-e', 'process.stdin.resume()'], owner);
            }
          : Reflect.get(target, name, target),
    });
    const ffmpeg: Ffmpeg = { path, version: '', encoders: new Set(['libopus']), children: counting };
    const sound = new CameraSound({ ffmpeg, microphone: new VolumeControl(), clock, name: 'Camera 1' });
    const settings = { codec: 'opus', sampleRate: 24_000, bitrate: 24, packetTime: 20, payloadType: 110 } as const;
    const failures: string[] = [];
    const share = sound.join('main', settings, { packets() {}, failed: (reason) => failures.push(reason) });
    // A minute of frames, each 20 s away from where the one before ended.
    for (let at = 0; at < 60_000; at += 40) {
      const timestamp = at + (at % 80 === 0 ? 20_000 : 0);
      const frame: AudioFrame = { kind: 'audio', codec: 'pcmu', timestamp, data: Buffer.alloc(320, 0xff) };
      share.write(frame);
      clock.advance(40);
      if (at % 200 === 0) await aTurn();
    }
    await share.close();
    expect(failures).toEqual([]);
    expect(starts).toBe(1);
    expect(children.running).toBe(0);
  });
});

describe('a viewer who joins an encoder of others', () => {
  it('hears nothing of it before its own first frame tells when it is heard', () => {
    // Its first frame makes the encoder hand on what others wrote before.
    let [packets, elapsed] = [1, 0];
    const sound = {
      join: (_stream: string, _settings: unknown, listener: SoundListener) => ({
        write: () => {
          for (; packets > 0; packets -= 1, elapsed += 480)
            listener.packets([{ payload: Buffer.alloc(60), elapsed }], run);
          return 5000;
        },
        close: () => Promise.resolve(),
      }),
    } as unknown as CameraSound;
    const run = { start: 4900 };
    const times: number[] = [];
    const track = {
      seal: (_p: unknown, _t: number, of: readonly number[]) => times.push(...of),
      send() {},
    } as unknown as RtpTrack;
    const settings = { codec: 'opus', sampleRate: 24_000, bitrate: 24, packetTime: 20, payloadType: 110 } as const;
    const sender = new AudioSender({
      ...{ settings, track, sound, microphone: new VolumeControl(), logger: silentLogger, name: 'Camera 1' },
      onFirst() {},
    });
    const frame: AudioFrame = { kind: 'audio', codec: 'pcmu', timestamp: 0, data: Buffer.alloc(320, 0xff) };
    sender.write(frame, 1000, 'main');
    expect(times).toEqual([]);
    packets = 1;
    sender.write(frame, 1000, 'main');
    // The run began 100 ms before that frame, and the packet is the second of it.
    expect(times).toEqual([900 * 24 + 480]);
  });
});

describe('the encoder of sound', () => {
  const frame = (number: number) => Buffer.alloc(320, number);

  it('is woken for 80 ms of it at a time, counted from the beginning, once it has what came while it started', async () => {
    const { encoder, fed } = encoding();
    encoder.write(frame(0));
    await until('the first sound', () => fed.length === 1);
    for (let number = 1; number <= 10; number += 1) encoder.write(frame(number));
    // 5 ms of silence go in front.
    expect(fed.map(({ length }) => length)).toEqual([40 + 320, 320, 640, 640, 640, 640]);
    const sound = Array.from({ length: 10 }, (_, number) => frame(number));
    expect(Buffer.concat(fed)).toEqual(Buffer.concat([Buffer.alloc(40, 0xff), ...sound]));
    await encoder.close();
  });

  it('makes four packets of Opus at once, and takes them apart', async () => {
    const { encoder, fed, port, received, args } = encoding();
    await until('the first sound', () => fed.length === 1);
    expect(args().slice(args().indexOf('-frame_duration'))[1]).toBe('80');
    const ffmpeg = createSocket('udp4');
    // Four frames of different length (code 3, RFC 6716 §3.2.5).
    const frames = [30, 1, 300, 7].map((length, index) => Buffer.alloc(length, index + 1));
    const packet = Buffer.concat([Buffer.alloc(12), Buffer.of(0xb3, 0x84, 30, 1, 252 + (300 % 4), 12), ...frames]);
    for (const timestamp of [1000, 1000 + 4 * 960]) {
      const header = { marker: false, payloadType: 97, sequence: timestamp, timestamp, ssrc: 1 };
      writeRtpHeader(packet, 0, header);
      await new Promise((resolve) => ffmpeg.send(packet, port(), '127.0.0.1', resolve));
    }
    await until('the packets', () => received.length === 8);
    expect(received.map(({ elapsed }) => elapsed)).toEqual([0, 480, 960, 1440, 1920, 2400, 2880, 3360]);
    const single = frames.map((frame) => Buffer.concat([Buffer.of(0xb0), frame]));
    expect(received.map(({ payload }) => payload)).toEqual([...single, ...single]);
    ffmpeg.close();
    await encoder.close();
  });

  it('hands the first packet on at once, and then those of 80 ms together, or what there is with the next sound', async () => {
    const { encoder, fed, port, received } = encoding({ codec: 'aac-eld' });
    encoder.write(frame(0));
    await until('the first sound', () => fed.length === 1);
    const ffmpeg = createSocket('udp4');
    const send = async (number: number) => {
      const packet = Buffer.alloc(40, number);
      writeRtpHeader(packet, 0, { marker: false, payloadType: 97, sequence: number, timestamp: 480 * number, ssrc: 1 });
      await new Promise((resolve) => ffmpeg.send(packet, port(), '127.0.0.1', resolve));
      // It comes in by itself, not together with the next.
      for (let turns = 0; turns < 3; turns += 1) await new Promise(setImmediate);
    };
    await send(0);
    await until('the first packet', () => received.length === 1);
    for (let number = 1; number <= 4; number += 1) await send(number);
    await until('those of a feed', () => received.length === 5);
    expect(new Set(received.slice(1).map(({ turn }) => turn)).size).toBe(1);
    await send(5);
    await until('one with the next sound', () => {
      encoder.write(Buffer.alloc(1));
      return received.length === 6;
    });
    expect(received.map(({ elapsed }) => elapsed)).toEqual([0, 480, 960, 1440, 1920, 2400]);
    ffmpeg.close();
    await encoder.close();
  });
});

/** An encoder whose ffmpeg the test plays itself. */
function encoding(chosen: Partial<AudioSettings> = {}) {
  const fed: Buffer[] = [];
  /** Packets, and the turn of the event loop in which each was handed on. */
  const received: (SoundPacket & { readonly turn: number })[] = [];
  let [turn, isCounted, port] = [0, false, 0];
  let args: readonly string[] = [];
  const child = {
    read() {},
    write: (samples: Buffer) => fed.push(samples) > 0,
    exited: new Promise(() => undefined),
    stop: () => Promise.resolve(),
  };
  const children = {
    start: (_purpose: string, _path: string, given: readonly string[]) => {
      args = given;
      port = Number(/:(\d+)\?/.exec(args.at(-1) ?? '')?.[1]);
      return child;
    },
  } as unknown as Children;
  const opus: AudioSettings = { codec: 'opus', sampleRate: 24_000, bitrate: 24, packetTime: 20, payloadType: 110 };
  const settings = { ...opus, ...chosen };
  const onPackets = (packets: readonly SoundPacket[]) => {
    received.push(...packets.map((packet) => ({ ...packet, turn })));
    if (isCounted) return;
    isCounted = true;
    setImmediate(() => {
      isCounted = false;
      turn += 1;
    });
  };
  const encoder = new AudioEncoder({
    ...{ settings, ffmpeg: { path: 'ffmpeg', children }, owner: { name: 'Camera 1' } },
    ...{ onPackets, onFailure() {} },
  });
  return { encoder, fed, received, port: () => port, args: () => args };
}

/** Sockets open in turns of the event loop. */
async function aTurn(): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  socket.close();
}
