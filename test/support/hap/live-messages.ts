import { decodeTlv, field, type Tlv } from './tlv8.js';

/** What a phone asks for at START. */
export interface LiveRequest {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** kbit/s */
  readonly bitrate: number;
  /** Bytes. */
  readonly mtu: number;
  /** ms of sound in an audio packet. */
  readonly packetTime: number;
}

/** What an iPhone at home asks for. */
export const PHONE_AT_HOME: LiveRequest = {
  width: 1280,
  height: 720,
  framesPerSecond: 30,
  bitrate: 299,
  mtu: 1378,
  packetTime: 20,
};

export const VIDEO_PAYLOAD_TYPE = 99;
export const AUDIO_PAYLOAD_TYPE = 110;
/** ms between receiver reports. */
export const REPORT_INTERVAL = 500;

/** An audio codec, 2 AAC-ELD or 3 Opus, with its sample rate: 0 is 8, 1 is 16, 2 is 24 kHz. */
export interface OfferedAudio {
  readonly type: number;
  readonly sampleRate: number;
}

/** Where one medium is received, and the sender's keys. */
export interface Endpoint {
  readonly port: number;
  readonly key: Buffer;
  readonly salt: Buffer;
}

/** SetupEndpoints, as the controller writes it (HAP R2, 9.105). */
export function endpointsMessage(session: Buffer, video: Endpoint, audio: Endpoint): Tlv[] {
  const keys = ({ key, salt }: Endpoint): Tlv[] => [
    [1, 0],
    [2, key],
    [3, salt],
  ];
  const address: Tlv[] = [
    [1, 0],
    [2, Buffer.from('127.0.0.1')],
    [3, uint16(video.port)],
    [4, uint16(audio.port)],
  ];
  return [
    [1, session],
    [3, address],
    [4, keys(video)],
    [5, keys(audio)],
  ];
}

/** SelectedRTPStreamConfiguration with START (HAP R2, 9.89). */
export function startMessage(
  session: Buffer,
  request: LiveRequest,
  audio: OfferedAudio,
  videoSource: number,
  audioSource: number,
): Tlv[] {
  const video = videoSelection(request, videoSource);
  const sound: Tlv[] = [
    [1, audio.type],
    [
      2,
      [
        [1, 1],
        [2, 0],
        [3, audio.sampleRate],
        [4, request.packetTime],
      ],
    ],
    [3, [...rtpSelection(AUDIO_PAYLOAD_TYPE, audioSource, 24), [6, 13]]],
    [4, 0],
  ];
  return [sessionControl(session, 1), [2, video], [3, sound]];
}

/** SelectedRTPStreamConfiguration with RECONFIGURE: what is wanted of the pictures from now on. */
export function reconfigureMessage(session: Buffer, request: LiveRequest, videoSource: number): Tlv[] {
  return [sessionControl(session, 4), [2, videoSelection(request, videoSource)]];
}

/** SelectedRTPStreamConfiguration with STOP. */
export function stopMessage(session: Buffer): Tlv[] {
  return [sessionControl(session, 0)];
}

/** The first codec of the offer, with its first sample rate. */
export function offeredAudio(offer: ReturnType<typeof decodeTlv>): OfferedAudio {
  const codec = decodeTlv(field(offer, 1));
  return {
    type: field(codec, 1).readUInt8(0),
    sampleRate: field(decodeTlv(field(codec, 2)), 3).readUInt8(0),
  };
}

function videoSelection({ width, height, framesPerSecond, bitrate, mtu }: LiveRequest, source: number): Tlv[] {
  const profile: Tlv[] = [
    [1, 2],
    [2, 2],
    [3, 0],
  ];
  const attributes: Tlv[] = [
    [1, uint16(width)],
    [2, uint16(height)],
    [3, framesPerSecond],
  ];
  return [
    [1, 0],
    [2, profile],
    [3, attributes],
    [4, [...rtpSelection(VIDEO_PAYLOAD_TYPE, source, bitrate), [5, uint16(mtu)]]],
  ];
}

function rtpSelection(type: number, source: number, kilobits: number): Tlv[] {
  return [
    [1, type],
    [2, uint32(source)],
    [3, uint16(kilobits)],
    [4, float(REPORT_INTERVAL / 1000)],
  ];
}

function sessionControl(session: Buffer, command: number): Tlv {
  return [
    1,
    [
      [1, session],
      [2, command],
    ],
  ];
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
