import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { machine } from '../../src/node-red/machine.js';
import type { Child } from '../../src/shared/ffmpeg/index.js';
import { boxes, decodeSound, examine } from '../support/mp4.js';
import { until } from '../support/until.js';
import { browse, closeRoot, httpRoot, wholeBoxes } from './support/live-browser.js';
import { credentials, helper, nvrNode, palette } from './support/palette.js';
import { out, tab, withRuntime } from './support/runtime.js';

const usual = withRuntime();
const node = {
  ...{ id: 'live', type: 'everfocus-live', z: 'flow', x: 0, y: 0, nvr: 'nvr', wires: [['out']], version: 1 },
  ...{ camera: '2', stream: 'sub', output: '', address: true },
};

async function deploy(): Promise<void> {
  await helper.load([httpRoot(), ...palette], [tab, nvrNode(usual()), node, out], credentials());
}
const viewers = async (path: string, fragments: number) => {
  const answer = await browse(path);
  await until('some seconds of video', () => boxes(wholeBoxes(answer.bytes())).length > 2 * fragments);
  return answer;
};
/** Nothing of the node is left. */
async function nothingIsLeft(): Promise<void> {
  await helper.unload();
  expect((await machine()).ffmpeg.children.running).toBe(0);
  await until('no socket to be open', () => usual().openSockets === 0);
}
afterEach(closeRoot);

describe('live video for browsers', () => {
  it('has the sound of the camera where that is asked for, made by one process for all', async () => {
    await deploy();
    const { ffmpeg } = await machine();
    const answers = await Promise.all([
      viewers('/everfocus/live/2/live.mp4?sound=1', 45),
      viewers('/everfocus/live/2/live.mp4?sound=1', 45),
      viewers('/everfocus/live/2/live.mp4', 45),
    ]);
    expect([usual().openSockets, ffmpeg.children.running]).toEqual([1, 1]);
    const [one, two, silent] = await Promise.all(
      answers.map((answer) => examine(ffmpeg.path, wholeBoxes(answer.bytes()))),
    );
    for (const heard of [one, two]) {
      expect([heard?.complaints, heard?.streams]).toEqual([
        '',
        [expect.stringMatching(/h264.*640x360/), expect.stringMatching(/aac \(LC\).*16000 Hz, mono/)],
      ]);
    }
    const samples = await decodeSound(ffmpeg.path, wholeBoxes(answers[0].bytes()), 16_000);
    expect(Math.max(...samples)).toBeGreaterThan(1000);
    expect(silent?.streams).toHaveLength(1);
    for (const answer of answers) answer.leave();
    await until('the process to end', () => ffmpeg.children.running === 0);
    await nothingIsLeft();
  });

  it('goes on in pictures where its sound cannot be made', async () => {
    await deploy();
    const { ffmpeg } = await machine();
    const started = jest.spyOn(ffmpeg.children, 'start');
    const answer = await viewers('/everfocus/live/2/live.mp4?sound=1', 10);
    await until('its sound to be made', () => ffmpeg.children.running === 1);
    for (const { value } of started.mock.results) await (value as Child).stop();
    started.mockRestore();
    const before = boxes(wholeBoxes(answer.bytes())).length;
    await until('pictures to go on', () => boxes(wholeBoxes(answer.bytes())).length > before + 20);
    const { complaints, streams } = await examine(ffmpeg.path, wholeBoxes(answer.bytes()));
    expect([complaints, streams.length]).toEqual(['', 2]);
    answer.leave();
    await nothingIsLeft();
  });
});
