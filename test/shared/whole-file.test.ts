import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeWhole, saveStream, writeWhole } from '../../src/shared/tasks/whole-file.js';

let folder: string;
let server: Server | undefined;
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'everfocus-whole-'));
});
afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const ways: readonly (readonly [string, (path: string) => Promise<unknown>])[] = [
  ['at once', (path) => writeWhole(path, (file) => file.writeFile('new'))],
  ['piece by piece', (path) => saveStream(path, Readable.from([Buffer.from('new')]), undefined)],
  ['by somebody else', (path) => makeWhole(path, async (draft) => writeFileSync(draft, 'new'))],
];

describe.each(ways)('A file that is written %s', (_, write) => {
  it('takes the place of a file, and of none', async () => {
    writeFileSync(at('there'), 'old');
    for (const name of ['there', 'not-there']) {
      await write(at(name));
      expect(readFileSync(at(name), 'utf8')).toBe('new');
    }
    expect(readdirSync(folder).sort()).toEqual(['not-there', 'there']);
  });

  it('never takes the place of a pipe or a socket, nor of what leads to one', async () => {
    // As a device is, which only the administrator can make.
    execFileSync('mkfifo', [at('pipe')]);
    server = createServer().listen(at('socket'));
    await once(server, 'listening');
    symlinkSync(at('pipe'), at('link'));
    const before = readdirSync(folder).sort();
    for (const name of ['pipe', 'socket', 'link']) {
      await expect(write(at(name))).rejects.toMatchObject({ code: 'EEXIST' });
    }
    expect(readdirSync(folder).sort()).toEqual(before);
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true);
    expect(lstatSync(at('socket')).isSocket()).toBe(true);
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
  });
});
