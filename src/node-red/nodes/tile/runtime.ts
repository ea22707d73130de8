import type { Node, NodeAPI, NodeDef } from 'node-red';
import { InvalidParameterError, type StreamName, systemClock } from '../../../shared/index.js';
import { asError, codeOf } from '../../errors.js';
import { findNvr } from '../../find-nvr.js';
import { type Migration, migrate } from '../../migrations.js';
import { failureStatus } from '../../status.js';
import { type DashboardGroup, groupOf, showOn } from './dashboard.js';
import type { TileProps } from './pieces.js';
import { serveTiles, tiles } from './routes.js';
import { Tile } from './tile.js';

/** A tile as it is stored; a flow made by hand may lack anything. */
interface StoredTile extends NodeDef {
  readonly group?: string;
  readonly width?: number | string;
  readonly height?: number | string;
  readonly order?: number;
  readonly className?: string;
  readonly nvr?: string;
  /** Number or name. */
  readonly camera?: string | number;
  readonly stream?: StreamName;
  readonly ptz?: TileProps['ptz'];
  readonly snapshot?: TileProps['snapshot'];
}

const migrations: readonly Migration[] = [];

/**
 * Registers `ui-everfocus-tile`, a widget of FlowFuse Dashboard 2; its name begins as those of all widgets do, by which the
 * dashboard knows them. The editor offers it where the dashboard is installed.
 */
export default function register(RED: NodeAPI): void {
  RED.nodes.registerType('ui-everfocus-tile', function (this: Node, def: StoredTile) {
    RED.nodes.createNode(this, def);
    this.status({});
    try {
      open(RED, this, migrate(def, migrations));
    } catch (error) {
      this.status(failureStatus(codeOf(error)));
      this.error(asError(error).message);
    }
  });
  serveTiles(RED);
}

/** @throws FlowError, InvalidParameterError where the configuration is no use */
function open(RED: NodeAPI, node: Node, config: StoredTile): void {
  const { camera = '', stream = 'sub', ptz = '', snapshot = '' } = config;
  const group: DashboardGroup = groupOf(RED, config.group);
  if (stream !== 'main' && stream !== 'sub') throw new InvalidParameterError('stream', 'must be main or sub');
  if (String(camera).trim() === '') throw new InvalidParameterError('camera', 'no camera is chosen');
  const tile = new Tile({
    ...{ node, stream, nvr: findNvr(RED, config.nvr), camera: String(camera).trim(), clock: systemClock },
    watched: (viewers) => node.status(viewers > 0 ? { fill: 'green', shape: 'ring', text: `${viewers} watching` } : {}),
    failed: (error) => node.error(asError(error), {}),
  });
  const served = { tile, turns: ptz !== 'never', sends: snapshot !== 'download' };
  tiles.set(node.id, served);
  node.on('close', (_removed: boolean, done: () => void) => {
    if (tiles.get(node.id) === served) tiles.delete(node.id);
    void tile.close().finally(done);
  });
  const { httpNodeRoot } = RED.settings as { readonly httpNodeRoot?: string };
  const props: TileProps = {
    ...{ root: `${(httpNodeRoot ?? '/').replace(/\/*$/, '')}/`, ptz, snapshot },
    ...(config.name !== undefined && { name: config.name }),
  };
  showOn(group, node, config, props);
}
