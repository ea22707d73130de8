import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { helper, inbox, palette } from './support/palette.js';
import { caught, catcher, out, statusTexts, tab } from './support/runtime.js';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await Simulator.start({ discoveryPort: 0 });
  await helper.startServer();
});
afterEach(() => helper.unload());
afterAll(async () => {
  await helper.stopServer();
  await simulator.stop();
});

async function deploy(config: object): Promise<void> {
  const node = {
    ...{ id: 'find', type: 'everfocus-discover', z: 'flow', x: 0, y: 0, seconds: '0.3', address: '127.0.0.1' },
    ...{ udpPort: String(simulator.discoveryPort), version: 1, wires: [['out']], ...config },
  };
  await helper.load(palette, [tab, node, out, catcher, caught], {});
}

const found = { address: expect.any(String), mac: '00:11:14:00:00:01' };

describe('a discover node', () => {
  it('sends one list, and hands the rest of the message on', async () => {
    await deploy({});
    const [box, texts] = [inbox('out'), statusTexts('find')];
    helper.getNode('find').receive({ topic: 'T' });
    expect(await box.next()).toMatchObject({ topic: 'T', payload: [found], everfocus: { operation: 'discover' } });
    expect(texts).toEqual(expect.arrayContaining(['discover', '1']));
  });

  it('sends a message for each NVR as soon as it answers, and nothing more at the end', async () => {
    await deploy({ output: 'each', seconds: '20' });
    const box = inbox('out');
    helper.getNode('find').receive({ topic: 'T' });
    expect(await box.next()).toMatchObject({ topic: 'T', payload: found });
    // Who asks meanwhile hears at once of what is known.
    helper.getNode('find').receive({ topic: 'U' });
    expect(await box.next()).toMatchObject({ topic: 'U', payload: found });
    await helper.unload();
    expect(box.messages).toHaveLength(2);
  });

  it('searches once where two ask at the same time', async () => {
    await deploy({});
    const box = inbox('out');
    for (const topic of ['a', 'b']) helper.getNode('find').receive({ topic });
    const [one, other] = [await box.next(), await box.next()];
    expect([one['topic'], other['topic']]).toEqual(['a', 'b']);
    expect(other.payload).toBe(one.payload);
  });

  it.each([
    ['seconds that are none', { seconds: 'long' }, 'INVALID_PARAMETER'],
    ['too many of them', { seconds: 6000 }, 'INVALID_PARAMETER'],
    ['an address of another machine', { address: '192.0.2.1' }, 'INVALID_PARAMETER'],
    ['a newer configuration', { version: 9 }, 'NEWER_VERSION'],
  ])('refuses %s', async (_, config, code) => {
    await deploy(config);
    const failures = inbox('caught');
    helper.getNode('find').receive({});
    expect((await failures.next()).error?.code).toBe(code);
  });
});
