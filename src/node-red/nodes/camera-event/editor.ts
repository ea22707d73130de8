import { colours } from '../../editor/call-node.js';
import { heardChips, listedChips } from '../../editor/chips.js';
import { loading } from '../../editor/forms.js';
import { allNvrs, chooseOnlyNvr, keepFirstNvr, nvrProperty, prepareNvrRow } from '../../editor/nvr-row.js';
import { field, select } from '../../editor/fields.js';
import type { EditedNode, NodeType } from '../../editor/red.js';
import { t, translated } from '../../editor/texts.js';

interface CameraEventConfig {
  name: string;
  nvr: string;
  cameras: string;
  kinds: string;
  state: string;
  picture: string;
  clip: string;
  folder: string;
  clipAround: string;
  gap: string;
  initial: boolean;
  connection: boolean;
  version: number;
}

function prepare(node: EditedNode<CameraEventConfig>): void {
  for (const name of ['cameras', 'kinds', 'state', 'picture', 'gap', 'initial', 'connection', 'clip']) {
    $(`label[for="node-input-${name}"]`).text(t(`camera-event.${name}`));
  }
  field('cameras').attr('placeholder', t('camera-event.camerasHint'));
  field('kinds').attr('placeholder', t('camera-event.kindsHint'));
  for (const name of ['folder', 'clipAround']) $(`label[for="node-input-${name}"]`).text(t(`camera-event.${name}`));
  field('folder').attr('placeholder', t('camera-event.folderHint'));
  field('clipAround').attr('placeholder', t('camera-event.clipAroundHint'));
  field('gap').attr('placeholder', t('camera-event.gapHint'));
  const states = [
    ['', t('camera-event.both')],
    ['active', t('camera-event.begins')],
    ['inactive', t('camera-event.ends')],
  ] as const;
  select('state', states, node.state);
  const pictures = [
    ['', t('camera-event.noPicture')],
    ['picture', t('camera-event.asPicture')],
    ['payload', t('camera-event.asPayload')],
    ['file', t('camera-event.asPictureFile')],
  ] as const;
  select('picture', pictures, node.picture);
  const clips = [
    ['', t('camera-event.noClip')],
    ['file', t('camera-event.asFile')],
    ['buffer', t('camera-event.asBuffer')],
  ] as const;
  select('clip', clips, node.clip ?? '');
  const showFiles = () => {
    $('#everfocus-folder').toggle([field('clip').val(), field('picture').val()].includes('file'));
    $('#everfocus-clip-around').toggle(field('clip').val() !== '');
  };
  field('clip').on('change', showFiles);
  field('picture').on('change', showFiles);
  showFiles();
  void loading.then(({ events }) => {
    const listed = events.kinds.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }));
    heardChips($('#everfocus-kinds'), field('kinds'), { list: 'camera-event', others: listed });
  });
  prepareNvrRow(node, allNvrs);
  listedChips($('#everfocus-cameras'), field('cameras'), 'channel');
}

export default {
  category: 'EverFocus',
  color: colours.hook,
  icon: 'everfocus-camera-event.svg',
  inputs: 0,
  outputs: 1,
  paletteLabel: 'camera event',
  words: 'motion detection alarm doorbell input video loss online recording trigger snapshot clip',
  defaults: {
    name: { value: '' },
    nvr: nvrProperty,
    cameras: { value: '' },
    kinds: { value: 'motion' },
    state: { value: 'active' },
    picture: { value: '' },
    clip: { value: '' },
    folder: {
      value: '',
      validate(folder: string | undefined, _options: object) {
        return (
          (this.clip !== 'file' && this.picture !== 'file') || Boolean(folder?.trim()) || t('camera-event.noFolder')
        );
      },
    },
    clipAround: {
      value: '',
      validate: (seconds: string | undefined) =>
        /^\$\{.+\}$/.test(seconds ?? '') || (Number(seconds ?? '') >= 0 && Number(seconds ?? '') <= 60),
    },
    gap: { value: '', validate: (gap: string | undefined) => /^(\d*\.?\d*|\$\{.+\})$/.test(gap ?? '') },
    initial: { value: false },
    connection: { value: false },
    version: { value: 1 },
  },
  label() {
    const first = (this.kinds ?? '').split(',').map((kind) => t(`kinds.${kind.trim()}`, kind.trim()));
    const what = first.join(', ') || translated('camera event');
    return this.name || (this.cameras ? `${what}: ${this.cameras}` : what);
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
} satisfies NodeType<CameraEventConfig>;
