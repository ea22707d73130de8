import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Visitor } from './visitor.js';

describe('PTZ of the simulator', () => {
  let simulator: Simulator;
  let visitor: Visitor;
  let clock: ManualClock;
  beforeEach(async () => {
    clock = new ManualClock(1_700_000_000_000);
    simulator = await Simulator.start({ cameras: 2, clock });
    visitor = await Visitor.loggedIn(simulator);
  });
  afterEach(() => simulator.stop());

  const say = async (command: string, fields: object = {}) =>
    (await visitor.post('/device/ptzControl?ChannelID=1', { command, ...fields })).json as Record<string, unknown>;
  const tell = (command: string, parameters: object) => say(command, { parameters });
  const state = () => {
    const { pan, tilt, zoom, ...rest } = simulator.ptz(1);
    return { at: [pan, tilt, zoom].map((value) => Math.round(value * 100) / 100), ...rest };
  };

  it.each([
    ['tilt_up', [0, 0.5, 0]],
    ['tilt_down', [0, -0.5, 0]],
    ['pan_left', [-0.5, 0, 0]],
    ['pan_right', [0.5, 0, 0]],
    ['zoom_in', [0, 0, 0.5]],
    ['zoom_out', [0, 0, 0]],
  ])('%s goes on until it is stopped', async (command, at) => {
    expect(await say(command, { speed: 0.25 })).toEqual({ Result: 'OK' });
    clock.advance(2000);
    expect(state()).toEqual({ at, moving: command, touring: false });
    await say('stop');
    clock.advance(2000);
    expect(state()).toEqual({ at, moving: undefined, touring: false });
    expect(simulator.ptz(2)).toEqual({ pan: 0, tilt: 0, zoom: 0, moving: undefined, touring: false });
  });

  it('ends at the limit of what the camera can see', async () => {
    await say('pan_left', { speed: 1 });
    clock.advance(10_000);
    expect(state().at).toEqual([-1, 0, 0]);
  });

  it('keeps presets: made, set anew, gone to, removed', async () => {
    await say('pan_right', { speed: 0.5 });
    clock.advance(1000);
    expect(await tell('set_preset', { preset_name: 'Right' })).toEqual({ PresetToken: '1' });
    clock.advance(1000);
    expect(await tell('set_preset', { preset_name: 'Far right' })).toEqual({ PresetToken: '2' });
    await tell('goto_preset', { preset_token: '1' });
    expect(state()).toEqual({ at: [0.5, 0, 0], moving: undefined, touring: false });
    expect(await tell('set_preset', { preset_name: 'Half', preset_token: '2' })).toEqual({ PresetToken: '2' });
    await tell('remove_preset', { preset_token: '1' });
    expect(await say('get_presets')).toEqual({ presets: [{ name: 'Half', preset_token: '2' }] });
    expect(await tell('set_preset', { preset_name: 'New' })).toEqual({ PresetToken: '3' });
  });

  it.each(['goto_preset', 'remove_preset'])('refuses to %s where there is no such preset', async (command) => {
    expect(await tell(command, { preset_token: '9' })).toMatchObject({
      Result: 'Error',
      Description: expect.stringContaining('no such preset'),
    });
  });

  it.each([null, [], 'stop', {}, { command: 'dance' }])('refuses the body %j, which is no command', async (body) => {
    expect((await visitor.post('/device/ptzControl?ChannelID=1', body)).json).toMatchObject({
      Result: 'Error',
      Description: expect.stringContaining('none of the commands'),
    });
  });

  describe('on tour', () => {
    const stops = [
      { name: 'Left', preset_token: '1', time: 10 },
      { name: 'Right', preset_token: '2', time: 5 },
    ];
    beforeEach(async () => {
      await say('pan_left', { speed: 1 });
      clock.advance(1000);
      await tell('set_preset', { preset_name: 'Left' });
      await say('pan_right', { speed: 1 });
      clock.advance(2000);
      await tell('set_preset', { preset_name: 'Right' });
      expect(await tell('start_tour', { picked_presets: stops })).toEqual({ Result: 'OK' });
    });
    const places = () =>
      [0, 9999, 1, 4999, 1].map((ms) => {
        clock.advance(ms);
        return state().at[0];
      });

    it('goes from preset to preset, each for its time', async () => {
      expect(places()).toEqual([-1, -1, 1, 1, -1]);
      expect(state().touring).toBe(true);
      expect(await say('get_tour_presets')).toEqual({ presets: stops.map(({ time: _, ...preset }) => preset) });
    });

    it('stays where it is when it is stopped, and keeps its presets', async () => {
      await say('stop_tour');
      expect(places()).toEqual([-1, -1, -1, -1, -1]);
      expect(state().touring).toBe(false);
      expect((await say('get_tour_presets'))['presets']).toHaveLength(2);
    });

    it('is cleared and ended by an empty list', async () => {
      await tell('start_tour', { picked_presets: [] });
      expect(state().touring).toBe(false);
      expect(await say('get_tour_presets')).toEqual({ presets: [] });
    });

    it('goes on without a preset that is removed, and ends without any', async () => {
      await tell('remove_preset', { preset_token: '1' });
      expect(places()).toEqual([1, 1, 1, 1, 1]);
      await tell('remove_preset', { preset_token: '2' });
      expect(state()).toEqual({ at: [1, 0, 0], moving: undefined, touring: false });
    });

    it('is refused with a preset that there is not', async () => {
      const picked_presets = [{ name: 'Nowhere', preset_token: '9', time: 1 }];
      expect(await tell('start_tour', { picked_presets })).toMatchObject({ Result: 'Error' });
      expect(state().touring).toBe(true);
    });
  });
});
