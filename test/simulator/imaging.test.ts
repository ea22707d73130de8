import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Visitor } from './visitor.js';

describe('Pictures of the simulated cameras', () => {
  let simulator: Simulator;
  let visitor: Visitor;

  beforeEach(async () => {
    simulator = await Simulator.start();
    visitor = await Visitor.loggedIn(simulator);
  });
  afterEach(() => simulator.stop());

  const imaging = async (channel: number, mainsub: number) =>
    (await visitor.get(`/device/GetImagingSettings?ChannelID=${channel}&mainsub=${mainsub}`)).json;
  const set = async (stream: string, body: object) =>
    (await visitor.post(`/device/SetImagingSettings?${stream}`, body)).json;

  const initial = { ImagingSettings: { Brightness: 50, ColorSaturation: 50, Contrast: 50, Sharpness: 50 } };

  it('are set for one stream of one channel, what is left out stays', async () => {
    expect(await set('ChannelID=2&mainsub=1', { brightness: 0, sharpness: 100 })).toEqual({ Result: 'OK' });
    await set('ChannelID=2&mainsub=1', { colorSaturation: 12.5 });
    expect(await imaging(2, 1)).toEqual({
      ImagingSettings: { Brightness: 0, ColorSaturation: 12.5, Contrast: 50, Sharpness: 100 },
    });
    expect(await imaging(2, 0)).toEqual(initial);
    expect(await imaging(1, 1)).toEqual(initial);
  });

  it('are not set beyond the range that the options name', async () => {
    const { json } = await visitor.get('/device/GetImagingOptions?ChannelID=1&mainsub=0');
    expect(json).toMatchObject({ ImagingOptions: { Contrast: { Min: 0, Max: 100 } } });
    for (const contrast of [-1, 100.5]) {
      const why = { Result: 'Error', Description: 'contrast: must be from 0 to 100' };
      expect(await set('ChannelID=1&mainsub=0', { brightness: 10, contrast })).toEqual(why);
    }
    expect(await imaging(1, 0)).toEqual(initial);
  });

  it('are refused for a channel or stream that is not there', async () => {
    for (const stream of ['ChannelID=5&mainsub=0', 'ChannelID=1&mainsub=2']) {
      expect(await set(stream, {})).toMatchObject({ Result: 'Error' });
      for (const what of ['Settings', 'Options']) {
        expect((await visitor.get(`/device/GetImaging${what}?${stream}`)).json).toMatchObject({ Result: 'Error' });
      }
    }
  });
});

describe('Motion detection of the simulated cameras', () => {
  let simulator: Simulator;
  let visitor: Visitor;

  beforeEach(async () => {
    simulator = await Simulator.start();
    visitor = await Visitor.loggedIn(simulator);
  });
  afterEach(() => simulator.stop());

  const motion = async (channel: number, mainsub = 0) =>
    (await visitor.get(`/device/getAnalyticsMotionSettings?ChannelID=${channel}&mainsub=${mainsub}`)).json;
  const set = async (...body: object[]) => (await visitor.post('/device/setAnalyticsMotionSettings', body)).json;
  const cells = `${'0F'.repeat(49)}00`;

  it('has sensitivity and cells, of each stream', async () => {
    expect(await set({ channel: 3, mainsub: 1, switch: false, sensitivity: 80, cellSettings: cells })).toEqual([
      { channel: 3, moduleResult: 'SUCCESS', cellResult: 'SUCCESS', description: '' },
    ]);
    expect(await motion(3, 1)).toMatchObject([
      { channel: 3, switch: false, sensitivity: 80, cellSettings: cells, cellLayout: { columns: 22, rows: 18 } },
    ]);
    expect(await motion(3, 0)).toMatchObject([{ switch: true, sensitivity: 50 }]);
  });

  it('is but a switch on channel 4', async () => {
    expect(await set({ channel: 4, mainsub: 0, switch: false })).toMatchObject([
      { moduleResult: 'SUCCESS', cellResult: 'SUCCESS' },
    ]);
    expect(await motion(4)).toEqual([{ channel: 4, switch: false }]);
    expect(await set({ channel: 4, mainsub: 0, switch: true, sensitivity: 1, cellSettings: cells })).toEqual([
      { channel: 4, moduleResult: 'FAIL', cellResult: 'FAIL', description: 'no analytics module' },
    ]);
    expect(await motion(4)).toEqual([{ channel: 4, switch: true }]);
  });

  it('says which channel failed, and sets the others', async () => {
    const results = await set(
      { channel: 1, mainsub: 0, switch: true, cellSettings: 'FF' },
      { channel: 2, mainsub: 0, switch: true, sensitivity: 5, cellSettings: 'FF'.repeat(50) },
      { channel: 3, mainsub: 0, switch: true, sensitivity: 7 },
      { channel: 8, mainsub: 0, switch: true },
    );
    expect(results).toMatchObject([
      { channel: 1, moduleResult: 'SUCCESS', cellResult: 'FAIL' },
      { channel: 2, moduleResult: 'SUCCESS', cellResult: 'FAIL' },
      { channel: 3, moduleResult: 'SUCCESS', cellResult: 'SUCCESS' },
      { channel: 8, moduleResult: 'FAIL', cellResult: 'FAIL' },
    ]);
    expect(await motion(2)).toMatchObject([{ sensitivity: 5, cellSettings: `${'FF'.repeat(49)}F0` }]);
    expect(await motion(3)).toMatchObject([{ sensitivity: 7 }]);
    expect(simulator.refused).toEqual([]);
  });
});
