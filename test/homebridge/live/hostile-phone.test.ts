import { once } from 'node:events';
import { createSocket, type Socket } from 'node:dgram';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FakeConnection, HapCamera, type Stream } from '../../support/hap/hap-camera.js';
import type { Tlv } from '../../support/hap/tlv8.js';
import { until } from '../../support/until.js';
import { leastTurn } from '../../support/work.js';
import { type Camera, openCamera, recordingLogger } from './camera.js';
import { Phone } from './phone.js';

/** UDP port, below those that systems and the tests' phones choose by themselves. */
const ELSEWHERE = 15_000;

/** Fields of SetupEndpoints and START, by name, as HAP has them on the wire (little-endian). */
type Fields = Readonly<Record<string, Buffer>>;

const uint = (value: number, length: 1 | 2 | 4) => {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntLE(value, 0, length);
  return bytes;
};
const float = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
};

/** What a phone at 127.0.0.1 asks for. */
const ENDPOINTS: Fields = {
  session: Buffer.alloc(16, 7),
  version: uint(0, 1),
  address: Buffer.from('127.0.0.1'),
  videoPort: uint(ELSEWHERE, 2),
  audioPort: uint(ELSEWHERE + 1, 2),
  videoSuite: uint(0, 1),
  videoKey: Buffer.alloc(16, 1),
  videoSalt: Buffer.alloc(14, 2),
  audioSuite: uint(0, 1),
  audioKey: Buffer.alloc(16, 3),
  audioSalt: Buffer.alloc(14, 4),
};

const START: Fields = {
  codec: uint(0, 1),
  profile: uint(2, 1),
  level: uint(2, 1),
  mode: uint(0, 1),
  width: uint(1280, 2),
  height: uint(720, 2),
  fps: uint(30, 1),
  videoType: uint(99, 1),
  videoSource: uint(1, 4),
  videoBitrate: uint(299, 2),
  videoInterval: float(0.5),
  mtu: uint(1378, 2),
  audioCodec: uint(3, 1),
  channels: uint(1, 1),
  bitrateMode: uint(0, 1),
  sampleRate: uint(2, 1),
  packetTime: uint(20, 1),
  audioType: uint(110, 1),
  audioSource: uint(2, 4),
  audioBitrate: uint(24, 2),
  audioInterval: float(5),
  comfortType: uint(13, 1),
  comfort: uint(0, 1),
};

function numbered(fields: Fields, ...names: readonly string[]): Tlv[] {
  return names.map((name, index) => [index + 1, fields[name] ?? Buffer.alloc(0)]);
}

function endpoints(changes: Fields = {}): Tlv[] {
  const fields = { ...ENDPOINTS, ...changes };
  return [
    [1, fields.session ?? Buffer.alloc(0)],
    [3, numbered(fields, 'version', 'address', 'videoPort', 'audioPort')],
    [4, numbered(fields, 'videoSuite', 'videoKey', 'videoSalt')],
    [5, numbered(fields, 'audioSuite', 'audioKey', 'audioSalt')],
  ];
}

const control = (command: number): Tlv => [
  1,
  [
    [1, ENDPOINTS.session ?? Buffer.alloc(0)],
    [2, command],
  ],
];

function start(changes: Fields = {}, command: 1 | 4 = 1): Tlv[] {
  const fields = { ...START, ...changes };
  return [
    control(command),
    [
      2,
      [
        ...numbered(fields, 'codec'),
        [2, numbered(fields, 'profile', 'level', 'mode')],
        [3, numbered(fields, 'width', 'height', 'fps')],
        [4, numbered(fields, 'videoType', 'videoSource', 'videoBitrate', 'videoInterval', 'mtu')],
      ],
    ],
    [
      3,
      [
        ...numbered(fields, 'audioCodec'),
        [2, numbered(fields, 'channels', 'bitrateMode', 'sampleRate', 'packetTime')],
        [
          3,
          [
            ...numbered(fields, 'audioType', 'audioSource', 'audioBitrate', 'audioInterval'),
            [6, fields.comfortType ?? Buffer.alloc(0)],
          ],
        ],
        [4, fields.comfort ?? Buffer.alloc(0)],
      ],
    ],
  ];
}

/** Any value of the field's own length, the nasty ones more often, or any bytes at all. */
const anyValue = (usual: Buffer) =>
  fc.oneof(
    fc.constantFrom(0x00, 0x01, 0x7f, 0x80, 0xff).map((byte) => Buffer.alloc(usual.length, byte)),
    fc.uint8Array({ minLength: usual.length, maxLength: usual.length }).map((bytes) => Buffer.from(bytes)),
    fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(float(NaN), float(-1), float(Infinity), float(1e-9), uint(25, 2), uint(24, 2)),
    fc
      .constantFrom('127.0.0.2', '::1', '0.0.0.0', '255.255.255.255', '::ffff:127.0.0.2', '-i')
      .map((text) => Buffer.from(text)),
  );

/** One to three fields changed. */
const changesOf = (fields: Fields) =>
  fc
    .uniqueArray(fc.constantFrom(...Object.keys(fields)), { minLength: 1, maxLength: 3 })
    .chain((names) =>
      fc.record(Object.fromEntries(names.map((name) => [name, anyValue(fields[name] ?? Buffer.alloc(0))]))),
    );

/** A loopback socket of somebody who has asked for nothing. */
async function bystander(address: string, port: number): Promise<{ socket: Socket; readonly packets: number }> {
  const socket = createSocket('udp4');
  let packets = 0;
  socket.on('message', () => (packets += 1));
  socket.bind(port, address);
  await once(socket, 'listening');
  return {
    socket,
    get packets() {
      return packets;
    },
  };
}

type Siege = (camera: Camera, hapCamera: HapCamera) => Promise<void>;

async function besieged(siege: Siege): Promise<void> {
  expect(await leastTurn(250, () => besiegedOnce(siege))).toBeLessThan(250);
}

/** Everything that a phone says is tried on one camera while another phone watches it. */
async function besiegedOnce(siege: Siege): Promise<void> {
  const logger = recordingLogger();
  await using camera = await openCamera({}, { logger });
  using phone = await Phone.open(camera.streaming);
  await phone.prepare();
  await phone.start();
  await until('pictures', () => phone.video.packets.length > 50);
  const third = await bystander('127.0.0.2', ELSEWHERE);
  await siege(camera, HapCamera.of(camera.streaming));
  const before = phone.video.packets.length;
  await until('pictures go on', () => phone.video.packets.length > before + 20);
  third.socket.close();
  expect(third.packets).toBe(0);
  expect(logger.lines.filter((line) => line.includes('refused')).length).toBeLessThanOrEqual(10 * 2);
}

const settled = (promise: Promise<unknown>) =>
  promise.then(
    () => 0,
    (status: unknown) => status,
  );

async function hangUp(stream: Stream): Promise<void> {
  stream.connection.emit('closed');
  await until('the stream is free', () => stream.isFree);
  // What is refused at once would add up to one turn with what comes next.
  await setImmediate();
}

describe('whatever a phone writes', () => {
  it('into SetupEndpoints, Homebridge goes on, and no third host gets a packet', async () => {
    await besieged((_camera, hapCamera) =>
      fc.assert(
        fc.asyncProperty(changesOf(ENDPOINTS), async (changes) => {
          const stream = hapCamera.take();
          const status = await settled(stream.setUp(endpoints(changes)));
          if (status === 0) await settled(stream.select(start()));
          await hangUp(stream);
        }),
        { numRuns: 150 },
      ),
    );
  });

  it('into START and RECONFIGURE, Homebridge goes on', async () => {
    await besieged((_camera, hapCamera) =>
      fc.assert(
        fc.asyncProperty(changesOf(START), fc.boolean(), async (changes, later) => {
          const stream = hapCamera.take();
          await stream.setUp(endpoints());
          if (later) await stream.select(start());
          await settled(stream.select(start(changes, later ? 4 : 1)));
          await hangUp(stream);
        }),
        { numRuns: 60 },
      ),
    );
  });

  it('into either, be it no TLV at all, Homebridge goes on', async () => {
    await besieged((_camera, hapCamera) =>
      fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, later) => {
          const stream = hapCamera.take();
          if (later) await stream.setUp(endpoints());
          await settled(later ? stream.select(Buffer.from(bytes)) : stream.setUp(Buffer.from(bytes)));
          await hangUp(stream);
        }),
        { numRuns: 150 },
      ),
    );
  });
});

describe('a clear refusal', () => {
  it.each([
    ['audio port 0', { audioPort: uint(0, 2) }, 'audio port must be an integer from 1 to 65535, not 0'],
    ['another host', { address: Buffer.from('127.0.0.2') }, '127.0.0.2 is not that of the phone that asked, 127.0.0.1'],
    ['a name', { address: Buffer.from('localhost') }, 'address is no ipv4 address'],
    ['everybody', { address: Buffer.from('255.255.255.255') }, '255.255.255.255 is nobody'],
    ['a short key', { videoKey: Buffer.alloc(15) }, 'video key must have 16 bytes'],
    ['no encryption', { audioSuite: uint(2, 1) }, 'audio crypto suite must be 0, not 2'],
  ])('meets %s in SetupEndpoints', async (_, changes, reason) => {
    const logger = recordingLogger();
    await using camera = await openCamera({}, { logger });
    const hapCamera = HapCamera.of(camera.streaming);
    await expect(hapCamera.setUp(endpoints(changes as Fields))).rejects.toBe(-70410);
    expect(logger.lines).toEqual([expect.stringMatching(/^Camera 1: live view refused: /)]);
    expect(logger.lines[0]).toContain(reason);
    expect(hapCamera.free.length).toBe(4);
    expect(camera.streaming.live.sessions).toBe(0);
  });

  it.each([
    ['an MTU of 25', { mtu: uint(25, 2) }, 'MTU must be an integer from 256 to 65535, not 25'],
    ['reports without a pause', { videoInterval: float(NaN) }, 'video RTCP interval must be 0 to 60 s, not NaN'],
    ['a picture without width', { width: uint(0, 2) }, 'width must be'],
    ['a packet time that Opus lacks', { packetTime: uint(7, 1) }, 'packet time must be 20 or 40 or 60, not 7'],
    ['a payload type that looks like RTCP', { videoType: uint(72, 1) }, 'video payload type must be'],
  ])('meets %s in START', async (_, changes, reason) => {
    const logger = recordingLogger();
    await using camera = await openCamera({}, { logger });
    const hapCamera = HapCamera.of(camera.streaming);
    const stream = await hapCamera.setUp(endpoints());
    await expect(stream.select(start(changes))).rejects.toBe(-70410);
    expect(logger.lines).toEqual([expect.stringMatching(/^Camera 1: live view refused: /)]);
    expect(logger.lines[0]).toContain(reason);
    expect(hapCamera.free.length).toBe(4);
    expect(camera.streaming.live.sessions).toBe(0);
  });

  it('is not written without end', async () => {
    const logger = recordingLogger();
    await using camera = await openCamera({}, { logger });
    for (let count = 0; count < 300; count += 1) {
      await settled(HapCamera.of(camera.streaming).setUp(endpoints({ audioPort: uint(0, 2) }), new FakeConnection()));
    }
    expect(logger.lines.length).toBeLessThanOrEqual(20);
    expect(camera.client.limits.hits.map(({ limit }) => limit)).toContain('phone.lines');
  });
});
