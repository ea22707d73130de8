import { describe, expect, it } from '@jest/globals';
import { AnnouncedStates } from '../../src/mqtt/nvr/announced-states.js';
import { Descriptions } from '../../src/mqtt/nvr/descriptions.js';
import { cameraDevice, nvrDevice } from '../../src/mqtt/nvr/home-assistant.js';
import { SiteTopics } from '../../src/mqtt/topics.js';
import { told } from './rig.js';

const site = new SiteTopics('everfocus', 'home');
const topics = site.nvr('a1');
const onOff = "{{ value if value in ['ON', 'OFF'] else 'None' }}";
const siteIsThere = {
  topic: 'everfocus/home/status',
  value_template: "{{ 'online' if value == 'online' else 'offline' }}",
};
const nvrIsThere = {
  topic: 'everfocus/home/a1/status',
  value_template: "{{ 'online' if (value_json | default({})).connection == 'connected' else 'offline' }}",
};

describe('What Home Assistant is told', () => {
  const nvr = { id: 'a1', name: 'Garage', mac: '00-11-14-AA-00-01', outputs: [5], inputs: [1], maySwitch: true };

  it('of an NVR: one device that is there while bridge and NVR are; what is in doubt is neither on nor off', () => {
    expect(nvrDevice(site, topics, nvr)).toEqual({
      device: {
        identifiers: ['everfocus_a1'],
        name: 'Garage',
        manufacturer: 'EverFocus',
        serial_number: 'a1',
        connections: [['mac', '00:11:14:aa:00:01']],
      },
      origin: expect.objectContaining({ name: 'homebridge-everfocus-nvr' }),
      availability: [siteIsThere, nvrIsThere],
      availability_mode: 'all',
      qos: 1,
      components: {
        disks: {
          platform: 'binary_sensor',
          unique_id: 'everfocus_a1_disks',
          name: 'Disks',
          device_class: 'problem',
          state_topic: 'everfocus/home/a1/health',
          value_template:
            "{{ None if (value_json | default({})).disks is not defined else 'ON' if (value_json | default({})).disks | selectattr('exception', 'defined') | list else 'OFF' }}",
        },
        clock: {
          platform: 'sensor',
          unique_id: 'everfocus_a1_clock',
          name: 'Clock ahead',
          unit_of_measurement: 's',
          entity_category: 'diagnostic',
          state_topic: 'everfocus/home/a1/health',
          value_template: '{{ (value_json | default({})).clockAhead | default(None) }}',
        },
        di_1: {
          platform: 'binary_sensor',
          unique_id: 'everfocus_a1_di_1',
          name: 'Input 1',
          state_topic: 'everfocus/home/a1/di/1',
          payload_on: 'ON',
          payload_off: 'OFF',
          value_template: onOff,
        },
        // Retained commands are refused, and only the NVR knows whether it has switched.
        do_5_switch: {
          platform: 'switch',
          unique_id: 'everfocus_a1_do_5_switch',
          name: 'Output 5',
          state_topic: 'everfocus/home/a1/do/5',
          command_topic: 'everfocus/home/a1/do/5/set',
          payload_on: 'ON',
          payload_off: 'OFF',
          value_template: onOff,
          optimistic: false,
          retain: false,
        },
      },
    });
  });

  it('of a camera: a device behind its NVR that is there while all three are', () => {
    const camera = { channel: 2, name: 'Gate', mac: '00:00:00:00:00:00', kinds: ['motion'], pictures: true };
    const cameraIsThere = { ...siteIsThere, topic: 'everfocus/home/a1/ch/2/status' };
    expect(cameraDevice(site, topics, 'a1', camera)).toEqual({
      device: { identifiers: ['everfocus_a1_ch2'], name: 'Gate', via_device: 'everfocus_a1' },
      origin: expect.objectContaining({ name: 'homebridge-everfocus-nvr' }),
      availability: [siteIsThere, nvrIsThere, cameraIsThere],
      availability_mode: 'all',
      qos: 1,
      components: {
        motion: {
          platform: 'binary_sensor',
          unique_id: 'everfocus_a1_ch2_motion',
          name: 'Motion',
          device_class: 'motion',
          state_topic: 'everfocus/home/a1/ch/2/motion',
          payload_on: 'ON',
          payload_off: 'OFF',
          value_template: onOff,
        },
        recorded: {
          platform: 'sensor',
          unique_id: 'everfocus_a1_ch2_recorded',
          name: 'Recorded in the last day',
          unit_of_measurement: '%',
          entity_category: 'diagnostic',
          state_topic: 'everfocus/home/a1/health',
          value_template:
            "{{ ((((value_json | default({})).recording | default({})).channels | default({}))['2'] | default({})).percent | default(None) }}",
        },
        snapshot: {
          platform: 'image',
          unique_id: 'everfocus_a1_ch2_snapshot',
          name: 'Snapshot',
          content_type: 'image/jpeg',
          image_topic: 'everfocus/home/a1/ch/2/snapshot',
        },
      },
    });
  });

  it.each([
    [true, 'switch', 'everfocus_a1_do_5_switch', 'everfocus/home/a1/do/5/set'],
    [false, 'binary_sensor', 'everfocus_a1_do_5', undefined],
  ])('of an output goes by what may be switched, another entity each: %s', (maySwitch, ...expected) => {
    const { outbox, said } = told();
    const states = new AnnouncedStates(topics, outbox);
    states.pin('do', 5, undefined);
    const described = { identity: { id: 'a1' }, device: undefined, cameras: [], maySwitch, pictures: false };
    new Descriptions(outbox, site, 'homeassistant').tell(states, described);
    const { components } = JSON.parse(new Map(said).get('homeassistant/device/everfocus_a1/config') ?? '');
    const outputs = Object.values<Record<string, string>>(components).filter(({ name }) => name === 'Output 5');
    expect(outputs.map((output) => [output['platform'], output['unique_id'], output['command_topic']])).toEqual([
      expected,
    ]);
  });
});
