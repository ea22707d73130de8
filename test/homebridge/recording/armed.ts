import { afterEach } from '@jest/globals';
import * as newest from '@homebridge/hap-nodejs';
import type { RecordingPacket } from 'homebridge';
import { VolumeControl } from '../../../src/homebridge/live/volume-control.js';
import { CameraRecorder } from '../../../src/homebridge/recording/camera-recorder.js';
import type { Ffmpeg } from '../../../src/shared/ffmpeg/index.js';
import { type Clock, systemClock } from '../../../src/shared/index.js';
import { LimitCounters } from '../../../src/shared/internal.js';
import { anyFfmpeg, recordingLogger } from '../live/camera.js';
import type { ScriptedFeed } from './scripted-feed.js';

/** What Home chooses for a camera. */
export const CHOICE = {
  prebufferLength: 4000,
  eventTriggerTypes: [1],
  mediaContainerConfiguration: { type: 0, fragmentLength: 4000 },
  videoCodec: {
    type: 0,
    parameters: { profile: 1, level: 2, bitRate: 2000, iFrameInterval: 4000 },
    resolution: [1280, 720, 30],
  },
  audioCodec: { type: 0, audioChannels: 1, bitrateMode: 0, bitrate: 32, samplerate: 1 },
} as const;
export type Configuration = Parameters<CameraRecorder['updateRecordingConfiguration']>[0];

const opened: CameraRecorder[] = [];
afterEach(() => {
  for (const recorder of opened.splice(0)) recorder.close();
});

/** A camera whose recordings Home wants. It is closed after the test. */
export async function armed(
  scripted: ScriptedFeed,
  {
    sound = true,
    heard = true,
    ffmpeg,
    clock = systemClock,
    hap = newest,
  }: Partial<{ sound: boolean; heard: boolean; ffmpeg: Ffmpeg; clock: Clock; hap: typeof newest }> = {},
) {
  const logger = recordingLogger();
  const microphone = new VolumeControl();
  const used = ffmpeg ?? (await anyFfmpeg());
  const counters = new LimitCounters(logger);
  const recorder = new CameraRecorder({
    ...{ hap, ffmpeg: used, microphone: heard ? microphone : undefined, clock, logger },
    ...{ limits: counters, name: 'Door' },
  });
  opened.push(recorder);
  const value = sound ? 1 : 0;
  const management = { recordingManagementService: { getCharacteristic: () => ({ value }) } };
  recorder.controller = { recordingManagement: management } as never;
  recorder.look(() => scripted.feed);
  recorder.updateRecordingConfiguration(CHOICE as unknown as Configuration);
  recorder.updateRecordingActive(true);
  return { recorder, logger, microphone, counters, ffmpeg: used };
}

/** Takes a recording as HAP-NodeJS does. */
export function record(recorder: CameraRecorder) {
  const packets: RecordingPacket[] = [];
  const taking = (async () => {
    for await (const packet of recorder.handleRecordingStreamRequest(1)) packets.push(packet);
  })();
  // Who does not wait for its end need not hear how it ended.
  taking.catch(() => undefined);
  const fragments = () => packets.slice(1).map(({ data }) => data);
  return { packets, taking, fragments, mp4: () => Buffer.concat(packets.map(({ data }) => data)) };
}
