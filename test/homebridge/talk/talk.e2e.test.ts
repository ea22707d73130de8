import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../../packages/simulator/src/index.js';
import { opusTone } from '../../support/audio/opus.js';
import { loudness, toneIn } from '../../support/audio/tone.js';
import { HapHome } from '../../support/hap/hap-home.js';
import { connectedLine, HomebridgeProcess } from '../../support/hap/homebridge-process.js';
import { LiveView } from '../../support/hap/live-view.js';
import { Received } from '../../support/hap/received.js';
import { RecordingHub, selectedConfiguration } from '../../support/hap/recording-hub.js';
import { packedPackage } from '../../support/packed-package.js';
import { until } from '../../support/until.js';
import { anyFfmpeg } from '../live/camera.js';

/** What Home keeps of the choice to record. */
const CHOSEN = { Active: 1, SelectedCameraRecordingConfiguration: selectedConfiguration() };

let simulator: Simulator;
let homebridge: HomebridgeProcess;
let home: HapHome;

/** The platform's section with the loudspeaker of the first camera, or with a doorbell's button. */
const platform = (talk: boolean) => {
  const { host, port } = simulator;
  const cameras = [{ channel: 1, ...(talk ? { talk: 'on' } : { doorbell: 'input 3' }) }];
  return { nvrs: [{ name: 'House', host, port, username: 'admin', password: 'admin123', cameras }] };
};

beforeAll(async () => {
  const plugins = await packedPackage();
  simulator = await Simulator.start({ mac: '00:11:14:00:0e:01', cameras: 2 });
  homebridge = await HomebridgeProcess.start({ plugins, platform: platform(true) });
  home = await HapHome.pair(homebridge);
  await homebridge.line(connectedLine('House', 2));
}, 180_000);

afterAll(async () => {
  await home?.close();
  await homebridge?.dispose();
  await simulator?.stop();
});

const tone = async (hertz: number) => opusTone((await anyFfmpeg()).path, { hertz, seconds: 1 });
const heard = (hertz: number) => toneIn(hertz, simulator.talk(1).audio);
const services = async (channel: number) => (await home.camera(channel)).services.map(({ name }) => name);

async function restart(talk: boolean): Promise<void> {
  await homebridge.line(connectedLine('House', 2), await homebridge.restart(platform(talk)));
}

describe('talk', () => {
  let aid: number;

  it('is offered in Home where the camera has a loudspeaker, and nowhere else', async () => {
    expect(await services(1)).toContain('Speaker');
    expect(await services(2)).not.toContain('Speaker');
    ({ aid } = await home.camera(1));
  });

  it('brings what the phone says to the loudspeaker, as loud as Home says, and ends with the live view', async () => {
    const received = new Received();
    const camera = await home.camera(1);
    const view = await LiveView.prepare(home, camera, received);
    await view.start();
    await until('pictures', () => received.units.length > 5);
    await view.say(await tone(440));
    await until('all of it', () => heard(440).length >= 0.94 * 8000);
    const loud = loudness(heard(440));
    expect(loud).toBeGreaterThan(0.3);
    await home.set(camera.service('Speaker').id('Volume'), 50);
    await view.say(await tone(1500));
    await until('all of that', () => heard(1500).length >= 0.9 * 8000);
    // Half of the volume is a quarter of the amplitude.
    expect(loudness(heard(1500)) / loud).toBeGreaterThan(0.2);
    expect(loudness(heard(1500)) / loud).toBeLessThan(0.3);
    await home.set(camera.service('Speaker').id('Mute'), true);
    await view.stop();
    await until('no child process', async () => (await liveChildren()).length === 0);
    await view.close();
  });

  it('stays as it was left over a restart', async () => {
    await RecordingHub.arm(home, await home.camera(1));
    await restart(true);
    const camera = await home.camera(1);
    expect(camera.aid).toBe(aid);
    const { values } = camera.service('Speaker');
    expect(values).toMatchObject({ Mute: 1, Volume: 50 });
  });

  it('goes and comes with the setting, as a doorbell does: the accessory and the choice to record stay', async () => {
    for (const talk of [false, true]) {
      await restart(talk);
      const camera = await home.camera(1);
      expect(camera.aid).toBe(aid);
      expect(camera.services.some(({ name }) => name === 'Speaker')).toBe(talk);
      expect(camera.services.some(({ name }) => name === 'Doorbell')).toBe(!talk);
      expect(camera.service('CameraRecordingManagement').values).toMatchObject(CHOSEN);
    }
    expect((await home.camera(1)).service('Speaker').values).toMatchObject({ Mute: 1, Volume: 50 });
  });

  it('is nothing that anybody complains about', () => {
    expect(homebridge.troubles).toEqual([]);
    expect(homebridge.lines.filter((line) => /: talk /.test(line))).toEqual([]);
    expect(simulator.refused).toEqual([]);
  });
});

/** Child processes of live views; a snapshot renderer stands by for the next snapshot. */
async function liveChildren() {
  const children = await homebridge.children();
  return children.filter(({ command }) => !command.includes('image2pipe'));
}
