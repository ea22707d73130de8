import { resolve } from 'node:path';
import type { NodeAPI, NodeDef } from 'node-red';
import { InvalidParameterError } from '../../../shared/index.js';
import { followNvrs, registerEventNode } from '../../event-source.js';
import { filesOf } from '../../store.js';
import { textOf } from '../../words.js';
import { type ClipConfig, clipSettings } from './clips.js';
import { CameraEvents, type CameraEventsOptions } from './events.js';
import { readWanted, type WantedConfig } from './wanted.js';

/** A camera event node as it is stored; a flow made by hand may lack anything. */
interface StoredCameraEvent extends NodeDef, WantedConfig, ClipConfig {
  /** Id of the `everfocus-nvr`, or `*` for all. */
  readonly nvr?: string;
  readonly picture?: CameraEventsOptions['picture'];
  /** s between two begins of one kind at one camera. */
  readonly gap?: number | string;
  readonly initial?: boolean;
  readonly connection?: boolean;
}

/** Registers `everfocus-camera-event`: a message for whatever happens at the cameras, from the driver's state. */
export default function register(RED: NodeAPI): void {
  registerEventNode(RED, {
    type: 'everfocus-camera-event',
    migrations: [],
    listen(node, config: StoredCameraEvent) {
      const settings = settingsOf(RED, config);
      return followNvrs(RED, node, config.nvr, (nvr, show) => new CameraEvents({ ...settings, node, nvr, show }));
    },
  });
}

type Settings = Omit<CameraEventsOptions, 'node' | 'nvr' | 'show'>;

/** @throws InvalidParameterError */
function settingsOf(RED: NodeAPI, config: StoredCameraEvent): Settings {
  const { picture = '', gap, initial = false, connection = false } = config;
  if (!['', 'picture', 'payload', 'file'].includes(picture)) {
    throw new InvalidParameterError('picture', `'${picture}' is neither picture nor payload nor file`);
  }
  const named = textOf(config.folder, 'folder');
  if (picture === 'file' && named === '') throw new InvalidParameterError('folder', 'must name a folder');
  const clips = clipSettings({ ...config, folder: named });
  const folder = resolve(filesOf(RED), named);
  return {
    ...{ folder, wanted: readWanted(config), picture, initial, connection, gap: (Number(gap) || 0) * 1000 },
    clips: clips && { ...clips, folder: clips.folder === undefined ? undefined : folder },
  };
}
