import type { NodeAPI, NodeDef } from 'node-red';
import { followNvrs, registerEventNode } from '../../event-source.js';
import { NvrEvents } from './events.js';
import { readWanted, type WantedConfig } from './wanted.js';

/** An NVR event node as it is stored; a flow made by hand may lack anything. */
interface StoredNvrEvent extends NodeDef, WantedConfig {
  /** Id of the `everfocus-nvr`, or `*` for all. */
  readonly nvr?: string;
  /** Send after deploy what is so already. */
  readonly initial?: boolean;
}

/** Registers `everfocus-nvr-event`: a message for whatever happens at the NVR itself. */
export default function register(RED: NodeAPI): void {
  registerEventNode(RED, {
    type: 'everfocus-nvr-event',
    migrations: [],
    listen(node, config: StoredNvrEvent) {
      const settings = { node, wanted: readWanted(config), initial: config.initial === true };
      return followNvrs(RED, node, config.nvr, (nvr, show) => new NvrEvents({ ...settings, nvr, show }));
    },
  });
}
