import { readFile } from 'node:fs/promises';

const FILE = new URL('../../../assets/homebridge/no-picture.jpg', import.meta.url);
let cached: Promise<Buffer> | undefined;

/** The JPEG that says that there is no picture, 1280x720. */
export function placeholder(): Promise<Buffer> {
  cached ??= readFile(FILE);
  return cached;
}
