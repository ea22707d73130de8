import type { Node, NodeAPI, NodeDef } from 'node-red';
import { asError, codeOf } from '../../errors.js';
import { followNvrs } from '../../event-source.js';
import { type Migration, migrate } from '../../migrations.js';
import { failureStatus } from '../../status.js';
import { NvrEvents } from './events.js';
import { readWanted, type WantedConfig } from './wanted.js';

/** An NVR event node as it is stored; a flow made by hand may lack anything. */
interface StoredNvrEvent extends NodeDef, WantedConfig {
  /** Id of the `everfocus-nvr`, or `*` for all. */
  readonly nvr?: string;
  /** Send after deploy what is so already. */
  readonly initial?: boolean;
}

const migrations: readonly Migration[] = [];

/** Registers `everfocus-nvr-event`: a message for whatever happens at the NVR itself. */
export default function register(RED: NodeAPI): void {
  RED.nodes.registerType('everfocus-nvr-event', function (this: Node, def: StoredNvrEvent) {
    RED.nodes.createNode(this, def);
    try {
      const config = migrate(def, migrations);
      const settings = { node: this, wanted: readWanted(config), initial: config.initial === true };
      const end = followNvrs(RED, this, config.nvr, (nvr, show) => new NvrEvents({ ...settings, nvr, show }));
      this.on('close', (_removed: boolean, done: () => void) => {
        end();
        done();
      });
    } catch (error) {
      this.status(failureStatus(codeOf(error)));
      this.error(asError(error).message);
    }
  });
}
