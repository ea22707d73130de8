import { showCameraButtons } from '../../editor/camera-buttons.js';
import { colours } from '../../editor/call-node.js';
import { chooseOnlyNvr, keepFirstNvr, nvrByMessage, nvrProperty, prepareNvrRow } from '../../editor/nvr-row.js';
import { field, select } from '../../editor/fields.js';
import type { EditedNode, NodeType } from '../../editor/red.js';
import { note, t } from '../../editor/texts.js';

interface LiveConfig {
  name: string;
  nvr: string;
  camera: string;
  stream: string;
  output: string;
  fps: string;
  perMinute: string;
  sound: boolean;
  autostart: boolean;
  address: boolean;
  viewers: string;
  version: number;
}

/** A number in a row that may be left empty or hold an environment variable. */
const numberUpTo = (most: number, least = 0) => ({
  value: '',
  validate: (value: string | undefined) =>
    /^(\$\{.+\})?$/.test(value ?? '') || (Number(value) >= least && Number(value) <= most),
});

/** Where browsers find it, once it is deployed. */
function showLinks({ id }: EditedNode<LiveConfig>): void {
  const camera = encodeURIComponent(String(field('camera').val()).trim() || '1');
  const links = ['live.mp4', 'live.mjpeg', 'picture.jpg'].map((file) => {
    const address = new URL(`everfocus/${id}/${camera}/${file}`, nodeRoot()).href;
    return $('<div>').append($('<a target="_blank" rel="noopener">').attr('href', address).text(address));
  });
  $('#everfocus-live-links')
    .empty()
    .append(links, note(t('live.addressNote')));
}

/** What HTTP In nodes hang below: not where the editor is. */
function nodeRoot(): URL {
  const { httpNodeRoot = '/' } = (globalThis as unknown as { RED: { settings: { httpNodeRoot?: string } } }).RED
    .settings;
  return new URL(`${httpNodeRoot.replace(/\/*$/, '')}/`, location.origin);
}

function prepare(node: EditedNode<LiveConfig>): void {
  const names = ['camera', 'stream', 'output', 'fps', 'perMinute', 'sound', 'autostart', 'address', 'viewers'];
  for (const name of names) $(`label[for="node-input-${name}"]`).text(t(`live.${name}`));
  for (const name of ['camera', 'fps', 'perMinute', 'viewers']) field(name).attr('placeholder', t(`live.${name}Hint`));
  const streams = [
    ['main', t('live.main')],
    ['sub', t('live.sub')],
  ] as const;
  select('stream', streams, node.stream);
  const outputs = [
    ['', t('live.nothing')],
    ['frames', t('live.frames')],
    ['keyframes', t('live.keyframes')],
    ['jpeg', t('live.jpeg')],
    ['mp4', t('live.mp4')],
  ] as const;
  select('output', outputs, node.output);
  const show = () => {
    const output = String(field('output').val());
    $('#everfocus-live-fps').toggle(['frames', 'keyframes'].includes(output));
    $('#everfocus-live-perMinute').toggle(output === 'jpeg');
    $('#everfocus-live-sound').toggle(output === 'frames');
    // What a message names is known when one comes, and browsers bring none.
    const own = field('nvr').val() !== nvrByMessage;
    $('#everfocus-live-autostart').toggle(own && output !== '');
    field('address').closest('.form-row').toggle(own);
    $('#everfocus-live-address').toggle(own && field('address').prop('checked') === true);
    showLinks(node);
  };
  field('output').on('change', show);
  field('address').on('change', show);
  field('camera').on('change input', show);
  prepareNvrRow(node);
  field('nvr').on('change', show);
  showCameraButtons($('#everfocus-live-cameras'));
  show();
}

export default {
  category: 'EverFocus',
  color: colours.hook,
  icon: 'everfocus-live.svg',
  inputs: 1,
  outputs: 1,
  paletteLabel: 'camera live',
  words: 'video stream view watch frame mp4 mjpeg browser dashboard',
  defaults: {
    name: { value: '' },
    nvr: nvrProperty,
    camera: { value: '' },
    stream: { value: 'main' },
    output: { value: 'jpeg' },
    fps: numberUpTo(60),
    perMinute: numberUpTo(60),
    sound: { value: false },
    autostart: { value: true },
    address: { value: false },
    viewers: numberUpTo(64, 1),
    version: { value: 1 },
  },
  label() {
    const what = t(`live.${this.output || 'watch'}Label`);
    return this.name || (this.camera ? `${what}: ${this.camera}` : what);
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  onadd: chooseOnlyNvr,
  oneditprepare() {
    prepare(this);
  },
  oneditsave() {
    keepFirstNvr();
    if (field('nvr').val() === nvrByMessage) field('address').prop('checked', false);
    this.version = 1;
  },
} satisfies NodeType<LiveConfig>;
