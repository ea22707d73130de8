import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { jinjaPython } from '../../scripts/jinja.mjs';
import { cameraDevice, nvrDevice } from '../../src/mqtt/nvr/home-assistant.js';
import { SiteTopics } from '../../src/mqtt/topics.js';

/**
 * As Home Assistant renders: `value_json` is there where the payload is JSON. It logs where something undefined is iterated
 * over, printed or asked whether it is true, and gives up where something is asked of it: here all of that fails.
 */
const RENDER = `
import json, sys, jinja2
class Undefined(jinja2.Undefined):
    __iter__ = __str__ = __len__ = __bool__ = jinja2.Undefined._fail_with_undefined_error
environment = jinja2.Environment(undefined=Undefined)
def render(template, payload):
    variables = {"value": payload}
    try:
        variables["value_json"] = json.loads(payload)
    except ValueError:
        pass
    try:
        return environment.from_string(template).render(variables)
    except jinja2.TemplateError as error:
        return type(error).__name__ + ": " + str(error)
print(json.dumps([render(*one) for one in json.load(sys.stdin)]))
`;

function render(all: readonly (readonly [template: string, payload: string])[]): string[] {
  if (!jinjaPython) throw new Error('no Python with Jinja2 is installed');
  return JSON.parse(execFileSync(jinjaPython, ['-c', RENDER], { input: JSON.stringify(all), encoding: 'utf8' }));
}

type Fields = Readonly<Record<string, unknown>>;

/** The document, and each that lacks one of its parts, at whatever level. */
function lacking(document: Fields): Fields[] {
  const parts = Object.entries(document).flatMap(([name, value]) => {
    const rest = Object.fromEntries(Object.entries(document).filter(([other]) => other !== name));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [rest, ...(isObject ? lacking(value as Fields).map((less) => ({ ...document, [name]: less })) : [])];
  });
  return [document, ...parts];
}

const site = new SiteTopics('everfocus', 'home');
const topics = site.nvr('a1');
const health = {
  time: '2026-03-01T12:00:00.000Z',
  disks: [{ slot: 'SATA1', active: true }],
  clockAhead: 0,
  recording: { from: '', to: '', channels: { 2: { missing: 80, percent: 94, gaps: [] } } },
};

const nvr = nvrDevice(site, topics, { id: 'a1', outputs: [5], inputs: [1], maySwitch: true });
const camera = cameraDevice(site, topics, 'a1', { channel: 2, kinds: ['motion', 'recording'], pictures: true });

/** Whatever a document has a template for: where it hangs, its topic, and the template. */
function templates(document: unknown, path = ''): [path: string, topic: string, template: string][] {
  if (typeof document !== 'object' || document === null) return [];
  const { topic, state_topic, value_template } = document as Record<string, string | undefined>;
  const own = (topic ?? state_topic) && value_template;
  return [
    ...(own ? [[path, topic ?? state_topic ?? '', own] as [string, string, string]] : []),
    ...Object.entries(document).flatMap(([name, value]) => templates(value, `${path}/${name}`)),
  ];
}

/** What may stand at a topic; empty where it is cleared. */
function payloads(topic: string): string[] {
  const json = (documents: Fields[]) => documents.map((each) => JSON.stringify(each));
  if (topic === topics.health) return ['', ...json(lacking(health))];
  if (topic === topics.status) return ['', ...json(lacking({ connection: 'away', code: 'TIMEOUT' }))];
  return ['', 'ON', 'OFF', 'unknown', 'online', 'offline', 'stopped'];
}

describe('A template for Home Assistant', () => {
  it('renders whatever is missing of what it reads', () => {
    const all = [nvr, camera].flatMap((document) => templates(document));
    expect(all.map(([path]) => path)).toEqual(
      expect.arrayContaining(['/components/disks', '/components/clock', '/components/recorded', '/availability/1']),
    );
    const each = all.flatMap(([, topic, template]) => payloads(topic).map((payload) => [template, payload] as const));
    const said = render(each);
    const odd = each.filter((_, index) => !/^(ON|OFF|None|online|offline|-?\d+)$/.test(said[index] ?? ''));
    expect(odd).toEqual([]);
  });

  const component = (document: object, key: string) =>
    templates(document).find(([path]) => path === `/components/${key}`)?.[2] ?? '';
  const bad = { ...health, disks: [...health.disks, { slot: 'SATA2', exception: 'DiskError' }] };
  it('says None of what nobody knows, and else what is so', () => {
    const isThere = templates(nvr).find(([path]) => path === '/availability/1')?.[2] ?? '';
    const [disks, clock] = ['disks', 'clock'].map((key) => component(nvr, key)) as [string, string];
    const [recorded, motion] = ['recorded', 'motion'].map((key) => component(camera, key)) as [string, string];
    const others = { recording: { channels: { 1: { percent: 9 } } } };
    const table: [template: string, payload: object | string, says: string][] = [
      [disks, { time: '' }, 'None'],
      [disks, health, 'OFF'],
      [disks, bad, 'ON'],
      [clock, { time: '' }, 'None'],
      [clock, { clockAhead: -30 }, '-30'],
      [clock, health, '0'],
      [recorded, { time: '' }, 'None'],
      [recorded, others, 'None'],
      [recorded, health, '94'],
      [isThere, { connection: 'connected' }, 'online'],
      [isThere, { connection: 'unknown' }, 'offline'],
      [isThere, '', 'offline'],
      [motion, 'ON', 'ON'],
      [motion, 'unknown', 'None'],
    ];
    const text = (payload: object | string) => (typeof payload === 'string' ? payload : JSON.stringify(payload));
    const said = render(table.map(([template, payload]) => [template, text(payload)]));
    expect(table.map(([template, payload], index) => [template, payload, said[index]])).toEqual(table);
  });
});
