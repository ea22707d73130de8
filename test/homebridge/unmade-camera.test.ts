import * as hap from '@homebridge/hap-nodejs';
import { describe, expect, it } from '@jest/globals';
import type { API, PlatformAccessory } from 'homebridge';
import { CameraAccessory } from '../../src/homebridge/accessories/camera-accessory.js';
import type { CameraContext } from '../../src/homebridge/accessories/context.js';
import type { CameraStreaming } from '../../src/homebridge/camera-streaming.js';
import { plainCamera } from '../../src/homebridge/config.js';
import { streamingOptions } from '../../src/homebridge/live/homekit-settings.js';
import { VolumeControl } from '../../src/homebridge/live/volume-control.js';
import { CameraRecorder, type Feeds } from '../../src/homebridge/recording/camera-recorder.js';
import { ManualClock, silentLogger } from '../../src/shared/index.js';
import { noFfmpeg } from '../../src/shared/ffmpeg/index.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';

/** Counts what is open. */
function opener() {
  let open = 0;
  return {
    get open() {
      return open;
    },
    start: () => {
      open += 1;
      return { close: () => void (open -= 1) };
    },
  };
}

const never = () => undefined;

/** Tries to make a camera, of which a part throws. @returns what is left open, and what was open before */
function failing(part: 'configureController' | 'watch' | 'show' | 'feeds') {
  const [streams, holds, clock] = [opener(), opener(), new ManualClock()];
  const fail = () => {
    throw new Error(part);
  };
  const context: CameraContext = { kind: 'camera', nvr: { name: 'House', address: 'x:80' }, channel: 1, name: 'Gate' };
  const accessory = Object.assign(new hap.Accessory('Gate', hap.uuid.generate('gate')), { context });
  const configure = accessory.configureController.bind(accessory);
  let most = 0;
  const recorder = new CameraRecorder({
    ...{ hap, ffmpeg: noFfmpeg, microphone: new VolumeControl(), clock, logger: silentLogger, name: 'Gate' },
    limits: new LimitCounters(silentLogger),
  });
  Object.assign(accessory, {
    configureController: (controller: hap.CameraController) => {
      configure(controller);
      // As Homebridge has kept it: HomeKit wants recordings of that camera.
      recorder.updateRecordingConfiguration({
        ...{ prebufferLength: 4000, eventTriggerTypes: [], mediaContainerConfiguration: { fragmentLength: 4000 } },
        videoCodec: { resolution: [1920, 1080, 30], parameters: { bitRate: 2000, iFrameInterval: 4000 } },
        audioCodec: { bitrate: 64, samplerate: 3, audioChannels: 1, type: 1 },
      } as never);
      recorder.updateRecordingActive(true);
      most = holds.open;
      if (part === 'configureController') fail();
      if (part === 'show') {
        for (const service of accessory.services) Object.assign(service, { updateCharacteristic: fail });
      }
    },
  });
  const feeds = (() => {
    if (part === 'feeds') fail();
    return { hold: holds.start, subscribe: holds.start, stream: 'main' };
  }) as unknown as Feeds;
  const make = () =>
    new CameraAccessory({
      api: { hap } as unknown as API,
      accessory: accessory as unknown as PlatformAccessory<CameraContext>,
      open: () => {
        const stream = streams.start();
        const streaming = {
          controllerOptions: {
            ...{ cameraStreamCount: 1, delegate: {} },
            streamingOptions: streamingOptions(undefined, false),
          },
          stand: () => undefined,
          close: async () => stream.close(),
        };
        return streaming as unknown as CameraStreaming;
      },
      record: () => recorder,
      feeds: () => feeds,
      settings: plainCamera,
      watch: fail,
      ...{ faults: false, recordByHand: async () => undefined, logger: silentLogger, clock, save: never },
    });
  expect(make).toThrow(part);
  return { streams: streams.open, holds: holds.open, timers: clock.pending, most };
}

describe('a camera that cannot be made', () => {
  it.each(['configureController', 'show', 'watch'] as const)('leaves nothing open where %s throws', (part) => {
    expect(failing(part)).toEqual({ streams: 0, holds: 0, timers: 0, most: 2 });
  });

  it('leaves nothing open where it has no feed', () => {
    expect(failing('feeds')).toEqual({ streams: 0, holds: 0, timers: 0, most: 0 });
  });
});
