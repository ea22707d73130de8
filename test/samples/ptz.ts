import type { Sample } from './sample.js';

const ok = { Result: 'OK' };
const preset = { name: 'Gate', preset_token: '1' };
const onChannel = { params: { ChannelID: 1 }, query: 'ChannelID=1' };
/** The simulated camera has only the presets that were set. */
const before: Sample['before'] = [{ operation: 'setPreset', params: { ChannelID: 1, preset_name: 'Gate' } }];

const moves = [
  ['tiltUp', 'tilt_up'],
  ['tiltDown', 'tilt_down'],
  ['panLeft', 'pan_left'],
  ['panRight', 'pan_right'],
  ['zoomIn', 'zoom_in'],
  ['zoomOut', 'zoom_out'],
  ['stopMove', 'stop'],
] as const;

export const ptzSamples: readonly Sample[] = [
  ...moves.map(([operation, command]) => ({
    operation,
    ...onChannel,
    body: { command, ...(command !== 'stop' && { speed: 0.5 }) },
    reply: ok,
  })),
  {
    operation: 'panLeft',
    params: { ChannelID: 2, speed: 0.5, number: 1 },
    query: 'ChannelID=2',
    body: { command: 'pan_left', speed: 0.5, number: 1 },
    reply: ok,
  },
  {
    operation: 'setPreset',
    params: { ChannelID: 1, preset_name: 'Gate' },
    query: 'ChannelID=1',
    body: { command: 'set_preset', parameters: { preset_name: 'Gate' } },
    reply: { PresetToken: '1' },
  },
  {
    operation: 'setPreset',
    params: { ChannelID: 1, preset_name: 'Gate', preset_token: '1' },
    query: 'ChannelID=1',
    body: { command: 'set_preset', parameters: { preset_name: 'Gate', preset_token: '1' } },
    reply: { PresetToken: '1' },
    before,
  },
  {
    operation: 'removePreset',
    params: { ChannelID: 1, preset_token: '1' },
    query: 'ChannelID=1',
    body: { command: 'remove_preset', parameters: { preset_token: '1' } },
    reply: ok,
    before,
  },
  {
    operation: 'gotoPreset',
    params: { ChannelID: 1, preset_token: '1', speed: 0.1 },
    query: 'ChannelID=1',
    body: { command: 'goto_preset', parameters: { preset_token: '1', speed: 0.1 } },
    reply: ok,
    before,
  },
  { operation: 'getPresets', ...onChannel, body: { command: 'get_presets' }, reply: { presets: [preset] }, before },
  {
    operation: 'startTour',
    params: { ChannelID: 1, speed: 0.1, picked_presets: [{ ...preset, time: 10 }] },
    query: 'ChannelID=1',
    body: { command: 'start_tour', parameters: { speed: 0.1, picked_presets: [{ ...preset, time: 10 }] } },
    reply: ok,
    before,
  },
  {
    operation: 'startTour',
    params: { ChannelID: 1, picked_presets: [] },
    query: 'ChannelID=1',
    body: { command: 'start_tour', parameters: { picked_presets: [] } },
    reply: ok,
  },
  { operation: 'stopTour', ...onChannel, body: { command: 'stop_tour' }, reply: ok },
  { operation: 'getTourPresets', ...onChannel, body: { command: 'get_tour_presets' }, reply: { presets: [preset] } },
];
