import { describe, expect, it } from '@jest/globals';
import { jpegSize } from '../../src/shared/codec/index.js';
import { perMinuteOf } from '../../src/node-red/nodes/picture/runtime.js';
import { Visitor } from '../simulator/visitor.js';
import { helper, inbox, type Message, until } from './support/palette.js';
import { deploy, logged, withRuntime } from './support/runtime.js';

const simulator = withRuntime();
const camera = { type: 'literal', value: '2' };
const node = {
  ...{ id: 'picture', type: 'everfocus-picture', z: 'flow', x: 0, y: 0, nvr: 'nvr', wires: [['out']] },
  ...{ operation: 'currentPicture', params: { camera }, output: 'payload', confirm: false, perMinute: '', version: 1 },
};
const widthOf = ({ payload }: Message) => (Buffer.isBuffer(payload) ? jpegSize(payload)?.width : undefined);
const paths = () => simulator().requests.map(({ path }) => path);

describe('a camera picture node', () => {
  it('brings what the camera shows, and leaves no file on the NVR', async () => {
    const width = { type: 'msg', value: 'width' };
    await deploy(simulator(), { ...node, params: { camera: { type: 'literal', value: 'camera 2' }, width } });
    const box = inbox('out');
    helper.getNode('picture').receive({ topic: 'T', width: 320 });
    const message = await box.next();
    expect([widthOf(message), message['topic']]).toEqual([320, 'T']);
    expect(message.everfocus).toMatchObject({
      ...{ operation: 'currentPicture', nvr: 'Office', channel: 2, camera: expect.stringMatching(/2/) },
      ...{ from: 'feed', taken: expect.any(Date), width: 320, ms: expect.any(Number) },
    });
    helper.getNode('picture').receive({ width: null });
    expect(widthOf(await box.next())).toBe(1280);
    expect(paths()).not.toContain('/device/getSnapshot');
  });

  it('takes so many a minute by itself, and none after a deploy without it', async () => {
    await deploy(simulator(), { ...node, perMinute: '60' });
    const box = inbox('out');
    expect([widthOf(await box.next()), widthOf(await box.next())]).toEqual([1280, 1280]);
    await helper.unload();
    const count = box.messages.length;
    await until(() => simulator().openSockets === 0);
    expect(box.messages).toHaveLength(count);
  });

  it('finds stored pictures by time', async () => {
    const visitor = await Visitor.loggedIn(simulator());
    const { json } = await visitor.get('/device/getSnapshot?ChannelID=2');
    const { snapshotPath } = json as { snapshotPath: string };
    const times = { from: { type: 'literal', value: '-1h' }, to: { type: 'literal', value: 'now' } };
    const list = { ...node, id: 'list', operation: 'listStoredPictures', params: { camera, ...times } };
    const until = { type: 'msg', value: 'payload[0].seconds' };
    const params = { params: { type: 'msg', value: 'params' } };
    const any = { ...node, id: 'any', operation: 'msg.operation', params };
    await deploy(simulator(), list, any, { ...node, operation: 'storedPicture', params: { camera, until } });
    const box = inbox('out');
    helper.getNode('list').receive({});
    const { payload } = await box.next();
    expect(payload).toEqual([{ camera: 2, taken: expect.any(Date), type: 'Manual', path: snapshotPath }]);
    const seconds = (payload as [{ taken: Date }])[0].taken.getTime() / 1000;
    helper.getNode('picture').receive({ payload: [{ seconds }] });
    const message = await box.next();
    expect(widthOf(message)).toBeGreaterThan(0);
    expect(message.everfocus).toMatchObject({ channel: 2, type: 'Manual', taken: new Date(seconds * 1000) });
    // As flows have times, in a row and in `msg.params`.
    const date = new Date(seconds * 1000 + 250);
    for (const given of [seconds + 0.25, date, date.toISOString(), 'now']) {
      helper.getNode('picture').receive({ payload: [{ seconds: given }] });
      expect((await box.next()).everfocus).toMatchObject({ taken: new Date(seconds * 1000) });
      helper.getNode('any').receive({ operation: 'storedPicture', params: { camera: 2, until: given } });
      expect((await box.next()).everfocus).toMatchObject({ taken: new Date(seconds * 1000) });
    }
    const failures = inbox('caught');
    helper.getNode('picture').receive({ payload: [{ seconds: seconds - 1 }] });
    expect((await failures.next()).error).toMatchObject({ code: 'NVR_REFUSED' });
  });

  it('says what is wrong with its number a minute, and works on', async () => {
    await deploy(simulator(), { ...node, perMinute: '61' });
    expect(logged()).toContain('perMinute: must be a number up to 60');
    const box = inbox('out');
    helper.getNode('picture').receive({});
    expect(widthOf(await box.next())).toBe(1280);
    expect([undefined, '', '0.5', 60].map(perMinuteOf)).toEqual([0, 0, 0.5, 60]);
    expect(() => perMinuteOf('often')).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER' }));
  });
});
