import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { afterEach } from '@jest/globals';
import * as newest from '@homebridge/hap-nodejs';
import type { Clock } from '../../../src/shared/index.js';
import { RecordingHub, selectedConfiguration } from '../../support/hap/recording-hub.js';
import { until } from '../../support/until.js';
import { armed } from './armed.js';
import { ScriptedFeed } from './scripted-feed.js';

/** What HAP-NodeJS keeps to itself of a recording management. */
interface Insides {
  readonly dataStreamManagement: {
    getService(): newest.Service;
    readonly dataStreamServer: EventEmitter & { readonly tcpPort: number; readonly connections: readonly unknown[] };
  };
  readonly recordingManagementService: newest.Service;
  readonly recordingStream?: unknown;
}

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/**
 * A camera on HAP-NodeJS itself, armed, with the data stream that home hubs connect to. It is closed after the test.
 *
 * @param options.clock of the recorder
 * @param options.hap HAP-NodeJS
 */
export async function hubCamera({
  clock,
  hap = newest,
}: { readonly clock?: Clock; readonly hap?: typeof newest } = {}) {
  const scripted = await ScriptedFeed.open();
  const { recorder, logger, counters } = await armed(scripted, { sound: false, hap, ...(clock && { clock }) });
  const accessory = new hap.Accessory('Door', hap.uuid.generate('door'));
  const nobody = { handleSnapshotRequest: () => undefined, prepareStream: () => undefined };
  const controller = new hap.CameraController({
    cameraStreamCount: 1,
    delegate: { ...nobody, handleStreamRequest: () => undefined },
    streamingOptions: {
      supportedCryptoSuites: [0],
      video: { codec: { profiles: [0], levels: [0] }, resolutions: [[1280, 720, 30]] },
    },
    recording: { options: recorder.recordingOptions, delegate: recorder },
  } as never);
  accessory.configureController(controller);
  recorder.controller = controller;
  const management = controller.recordingManagement as unknown as Insides;
  const { dataStreamManagement, recordingManagementService: service } = management;
  const paired = Object.assign(new EventEmitter(), { encryption: { sharedSecret: randomBytes(32) } });
  const write = (
    on: newest.Service,
    type: (typeof newest.Characteristic)['Active'],
    value: newest.CharacteristicValue,
  ) => on.getCharacteristic(type).handleSetRequest(value, paired as never);
  const { Active, SelectedCameraRecordingConfiguration, SetupDataStreamTransport } = hap.Characteristic;
  await write(service, SelectedCameraRecordingConfiguration as never, selectedConfiguration());
  await write(service, Active, 1);
  scripted.play(11);
  closing.push(() => {
    paired.emit('closed');
    controller.recordingManagement?.destroy();
  });
  /** A paired home hub. @param polite says hello */
  const connect = async (polite = true): Promise<RecordingHub> => {
    const setUp = async (value: string) => {
      const answer = await write(dataStreamManagement.getService(), SetupDataStreamTransport as never, value);
      return { answer: answer as string, secret: paired.encryption.sharedSecret };
    };
    const hub = await RecordingHub.through(setUp, { polite });
    closing.push(() => hub.close());
    return hub;
  };
  const { dataStreamServer: server } = dataStreamManagement;
  // Nobody else stops it where no hello comes.
  server.on('connection-opened', ({ helloTimer }: { helloTimer: NodeJS.Timeout }) => void helloTimer.unref());
  /** That a home hub gets a recording. */
  const records = async (hub: RecordingHub): Promise<void> => {
    const stream = await hub.record();
    await until('a recording', () => stream.packets.length >= 2);
    stream.close();
    await until('its end', () => !management.recordingStream);
  };
  return { connect, records, server, logger, counters };
}
