import { colours } from '../../editor/call-node.js';
import { showCameraButtons } from '../../editor/camera-buttons.js';
import { field, select } from '../../editor/fields.js';
import { chooseOnlyNvr, keepFirstNvr, prepareNvrRow } from '../../editor/nvr-row.js';
import type { EditedNode, NodeType } from '../../editor/red.js';
import { t, translated } from '../../editor/texts.js';

interface TileConfig {
  name: string;
  group: string;
  order: number;
  width: number | string;
  height: number | string;
  className: string;
  nvr: string;
  camera: string;
  stream: string;
  ptz: string;
  snapshot: string;
  version: number;
}

/** The dashboard's own field for sizes. */
type Sizer = JQuery & { elementSizer?(fields: { width: string; height: string; group: string }): void };

function prepare(node: EditedNode<TileConfig>): void {
  for (const name of ['camera', 'group', 'size', 'stream', 'ptz', 'snapshot', 'className']) {
    $(`label[for="node-input-${name}"]`).text(t(`tile.${name}`));
  }
  field('camera').attr('placeholder', t('tile.cameraHint'));
  const streams = [
    ['sub', t('tile.sub')],
    ['main', t('tile.main')],
  ] as const;
  select('stream', streams, node.stream);
  const pads = [
    ['', t('tile.ptzWherePresets')],
    ['always', t('tile.ptzAlways')],
    ['never', t('tile.ptzNever')],
  ] as const;
  select('ptz', pads, node.ptz);
  const snapshots = [
    ['', t('tile.snapshotBoth')],
    ['download', t('tile.snapshotDownload')],
    ['message', t('tile.snapshotMessage')],
  ] as const;
  select('snapshot', snapshots, node.snapshot);
  const sizer: Sizer = $('#node-input-size');
  sizer.elementSizer?.({ width: '#node-input-width', height: '#node-input-height', group: '#node-input-group' });
  prepareNvrRow(node, false);
  showCameraButtons($('#everfocus-tile-cameras'));
}

export default {
  category: 'EverFocus',
  color: colours.hook,
  icon: 'everfocus-tile.svg',
  inputs: 0,
  outputs: 1,
  paletteLabel: 'camera tile',
  defaults: {
    name: { value: '' },
    group: { value: '', type: 'ui-group', required: true },
    order: { value: 0 },
    width: { value: 0 },
    height: { value: 0 },
    className: { value: '' },
    nvr: { value: '', type: 'everfocus-nvr', required: true },
    camera: { value: '', required: true },
    stream: { value: 'sub' },
    ptz: { value: '' },
    snapshot: { value: '' },
    version: { value: 1 },
  },
  label() {
    const what = translated('camera tile');
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
    this.version = 1;
  },
} satisfies NodeType<TileConfig>;
