import type { NodeAPI } from 'node-red';
import { deployedNvrs, type NvrNode } from './find-nvr.js';

/** Stored in place of a configuration node's id where a node listens to all of them: the NVR row's "all NVRs". */
export const allNvrs = '*';

/**
 * Watches every NVR that is deployed, also those that later deploys bring, whatever else they leave as it is.
 *
 * @param watch begins with one of them; what it returns ends it, also where that NVR is deployed no more
 * @returns what ends all of it
 */
export function everyNvr(RED: NodeAPI, watch: (nvr: NvrNode) => () => void): () => void {
  const watched = new Map<NvrNode, () => void>();
  const look = () => {
    const deployed = new Set(deployedNvrs(RED));
    for (const [nvr, end] of watched) {
      if (deployed.has(nvr)) continue;
      watched.delete(nvr);
      end();
    }
    for (const nvr of deployed) if (!watched.has(nvr)) watched.set(nvr, watch(nvr));
  };
  look();
  // An NVR that is new or changed is another node then; this one may have been left alone.
  RED.events.on('flows:started', look);
  return () => {
    RED.events.off('flows:started', look);
    for (const end of watched.values()) end();
    watched.clear();
  };
}
