import type * as newest from '@homebridge/hap-nodejs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CameraRecordingConfiguration, CameraRecordingDelegate, CameraStreamingDelegate } from 'homebridge';
import { attachController } from '../../../src/homebridge/camera-streaming.js';
import { AskingConnections } from '../../../src/homebridge/live/asking-connections.js';
import { streamingOptions } from '../../../src/homebridge/live/homekit-settings.js';
import { FULL_VOLUME, VolumeControl } from '../../../src/homebridge/live/volume-control.js';
import { recordingOptions } from '../../../src/homebridge/recording/recording-settings.js';
import { hapVersions } from '../../support/hap/hap-versions.js';
import { eventTriggers, selectedConfiguration } from '../../support/hap/recording-hub.js';

describe.each(Object.entries(hapVersions))('the choice to record, with HAP-NodeJS %s', (_, load) => {
  let hap: typeof newest;
  beforeAll(async () => {
    hap = await load();
  }, 300_000);

  /** A camera as it is made at each start of Homebridge. @param rings whether it is a doorbell */
  function camera(rings: boolean, accessory = new hap.Accessory('Door', hap.uuid.generate('door'))) {
    const told: { active?: boolean; configuration?: CameraRecordingConfiguration } = {};
    const delegate: Partial<CameraRecordingDelegate> = {
      updateRecordingActive: (active) => void (told.active = active),
      updateRecordingConfiguration: (configuration) => void (configuration && (told.configuration = configuration)),
    };
    const volumes = { microphone: FULL_VOLUME, speaker: FULL_VOLUME };
    const controller = attachController({
      ...{ hap, accessory, rings, volumes, changed: () => undefined },
      options: {
        cameraStreamCount: 1,
        delegate: {} as CameraStreamingDelegate,
        streamingOptions: streamingOptions(undefined, false),
        recording: { options: recordingOptions(), delegate: delegate as CameraRecordingDelegate },
      },
      ways: { asking: new AskingConnections(hap), microphone: new VolumeControl(), speaker: new VolumeControl() },
    });
    const service = controller.recordingManagement?.recordingManagementService;
    if (!service) throw new Error('no recording management');
    const characteristic = (type: (typeof hap.Characteristic)['Active']) => service.getCharacteristic(type);
    return { accessory, controller, told, characteristic };
  }

  it.each([
    ['is made a doorbell', false, true],
    ['is no doorbell any more', true, false],
    ['stays what it is', false, false],
  ])('stays where the camera %s', async (_case, before, after) => {
    const { Active, SelectedCameraRecordingConfiguration: Selected } = hap.Characteristic;
    const first = camera(before);
    const hub = { on: () => undefined } as never;
    await first.characteristic(Selected as never).handleSetRequest(selectedConfiguration(), hub);
    await first.characteristic(Active).handleSetRequest(1, hub);
    expect(first.told).toMatchObject({ active: true, configuration: { prebufferLength: 4000 } });
    // As it goes to disk and comes back.
    const kept = JSON.parse(JSON.stringify(first.controller.serialize()));
    const accessory = hap.Accessory.deserialize(JSON.parse(JSON.stringify(hap.Accessory.serialize(first.accessory))));

    const second = camera(after, accessory);
    second.controller.deserialize(kept);
    expect(second.told).toEqual(first.told);
    expect(await second.characteristic(Selected as never).handleGetRequest()).toBe(selectedConfiguration());
    for (const { controller } of [first, second]) controller.recordingManagement?.destroy();
  });

  it.each([false, true])('is about motion and rings (a doorbell: %s)', (rings) => {
    const { controller, characteristic } = camera(rings);
    const { SupportedCameraRecordingConfiguration: Supported } = hap.Characteristic;
    expect(eventTriggers(characteristic(Supported as never).value)).toBe(0b11);
    controller.recordingManagement?.destroy();
  });
});
