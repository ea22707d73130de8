import { expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../support/until.js';
import { withEditor } from '../support/editor-session.js';

const session = withEditor([], {}, { empty: true });

/** Half a second of a tone, as the NVR takes it but for the header. */
function wav(): Buffer {
  const samples = Buffer.alloc(8000);
  for (let at = 0; at < samples.length; at += 2) samples.writeInt16LE(Math.round(8000 * Math.sin(at / 5)), at);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(16_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

it('a file is spoken to a camera within eight actions, from an empty flow', async () => {
  const { editor, nodeRed, simulator } = session();
  const file = join(nodeRed.userDir, 'closed.wav');
  await writeFile(file, wav());
  const id = await editor.dragIn('everfocus-talk', 300, 120);
  await editor.open(id);
  await editor.firstNvr('admin123');
  await editor.fillRow('camera', undefined, 'Camera 2');
  await editor.fillRow('file', undefined, file);
  await editor.screenshot('talk');
  await editor.done();
  await editor.deploy();
  await editor.pressButton(id);
  expect(editor.actions.length).toBeLessThanOrEqual(8);
  await until('the sound to be heard', () => simulator.talk(2).audio.length >= 4000);
  await editor.hadStatus(id, /speak/);
});

it('writes no error to the console', () => {
  expect(session().problems).toEqual([]);
});
