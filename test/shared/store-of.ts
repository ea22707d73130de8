import { type DeviceStore, MemoryStore } from '../../src/shared/index.js';

/** A store that does what a test says, and else remembers. */
export function storeOf(parts: Partial<DeviceStore>): DeviceStore {
  const memory = new MemoryStore();
  return { read: (key) => memory.read(key), write: (key, value) => memory.write(key, value), ...parts };
}
