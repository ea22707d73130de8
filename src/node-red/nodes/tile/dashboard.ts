import type { Node, NodeAPI } from 'node-red';
import { FlowError } from '../../errors.js';
import type { TileProps } from './pieces.js';

const type = 'ui-everfocus-tile';

/** What of the dashboard's own nodes a widget uses (docs/contributing/guides/registration.md of FlowFuse Dashboard 2). */
export interface DashboardGroup {
  register(node: Node, config: object, events: object): void;
  getBase(): {
    readonly uiShared?: { readonly contribs?: Record<string, object> } | null;
  };
}

/** @throws FlowError `NOT_CONFIGURED` */
export function groupOf(RED: NodeAPI, id: string | undefined): DashboardGroup {
  const group = id ? (RED.nodes.getNode(id) as (Node & Partial<DashboardGroup>) | null) : undefined;
  if (!group?.register || !group.getBase) throw new FlowError('NOT_CONFIGURED', 'no group of a dashboard is chosen');
  return group as DashboardGroup;
}

/** What the dashboard stores of a widget, besides what is the tile's own. */
interface Placed {
  readonly id: string;
  readonly z?: string;
  readonly name?: string;
  readonly group?: string;
  readonly width?: number | string;
  readonly height?: number | string;
  readonly order?: number;
  readonly className?: string;
}

/** Puts a tile into its group. What pages learn of the node is what is named here. */
export function showOn(group: DashboardGroup, node: Node, placed: Placed, props: TileProps): void {
  const { id, z, name, width, height, order, className } = placed;
  // The dashboard looks for widgets in packages of certain names only, and takes those that it knows from here.
  const { contribs } = group.getBase().uiShared ?? {};
  if (contribs) {
    contribs[type] ??= {
      ...{ package: 'homebridge-everfocus-nvr', name: type, src: `${type}.umd.js`, component: 'UIEverfocusTile' },
    };
  }
  // It takes out of the object what it does not send.
  group.register(
    node,
    { ...{ id, type, z, name, group: placed.group, width, height, order, className }, ...props },
    {},
  );
}
