import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { credentials, type Flow, helper, inbox, nvrNode, palette, until } from './support/palette.js';
import { out, withRuntime } from './support/runtime.js';

const simulator = withRuntime();
const flow = JSON.parse(readFileSync(new URL('fixtures/flows-0.1.json', import.meta.url), 'utf8')) as Flow;

describe('a flow of release 0.1', () => {
  it('goes on working: calls, outputs, snapshots and events', async () => {
    await helper.load(palette, [...flow, nvrNode(simulator()), out], credentials());
    await until(() => simulator().openSockets === 1);
    const box = inbox('out');
    helper.getNode('api').receive({ operation: 'cameraDetail', payload: { ChannelID: 3 } });
    expect((await box.next()).everfocus).toMatchObject({ operation: 'cameraDetail', channel: 3 });
    helper.getNode('io').receive({ payload: 1, topic: 'T' });
    expect(await box.next()).toMatchObject({ payload: 1, topic: 'T', reply: { Result: 'OK' } });
    expect(simulator().pin(5)).toBe(1);
    helper.getNode('snapshot').receive({ payload: { channel: 2 } });
    expect((await box.next()).payload).toEqual(expect.any(Buffer));
    simulator().throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    expect((await box.next()).payload).toEqual({ channel: 2, type: 'Motion', state: 'active' });
  });
});
