import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import { type DeviceStore, FileStore, MemoryStore } from '../shared/index.js';

/**
 * Where certificates and dialects are kept from one start to the next: a folder below Node-RED's own. Without one, as
 * where Node-RED is embedded, they are kept as long as the process.
 */
export function openStore(RED: NodeAPI): DeviceStore {
  const { userDir } = RED.settings as { readonly userDir?: string };
  return userDir ? new FileStore(join(userDir, 'everfocus-nvr')) : new MemoryStore();
}

/** Where files are that have no full path: the folder of Node-RED's own file nodes. */
export function filesOf(RED: NodeAPI): string {
  const { fileWorkingDirectory } = RED.settings as { readonly fileWorkingDirectory?: string };
  return fileWorkingDirectory || '.';
}
