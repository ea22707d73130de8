import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Value } from 'typebox/value';
import { buildRequest } from '../../src/shared/wire/request.js';
import type { Operation } from '../../src/shared/sdk/declaration.js';
import { operations } from '../../src/shared/sdk/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { samples } from '../samples/index.js';
import { prepare } from './prepare.js';
import { Visitor } from './visitor.js';

/** Whether the document lets the body carry fields of any name. */
function isOpen({ body }: Operation): boolean {
  return body !== undefined && 'additionalProperties' in body && body.additionalProperties === true;
}

/** Logging in and out is tested apart. */
const callable = samples
  .filter(({ operation }) => !['getLoginParameters', 'login', 'logout'].includes(operation))
  .map((sample, index) => ({
    ...sample,
    name: `${operations[sample.operation].section} ${sample.operation} (${index})`,
  }));

describe('Operations of the simulator', () => {
  let simulator: Simulator;
  let visitor: Visitor;

  beforeAll(async () => {
    simulator = await Simulator.start();
    visitor = await Visitor.loggedIn(simulator);
  });
  afterAll(() => simulator.stop());

  const why = () => simulator.refused.at(-1)?.why;

  describe.each(callable)('$name', (sample) => {
    const operation: Operation = operations[sample.operation];
    const request = buildRequest(operation, sample.params ?? {});
    const url = new URL(request.path, 'http://nvr');

    it('answers as declared', async () => {
      // One of its own: what is set here must not be found by another test.
      await using fresh = await Simulator.start();
      const guest = await Visitor.loggedIn(fresh);
      const params = await prepare(sample, guest);
      const answer = await guest.carry(buildRequest(operation, params));
      expect(fresh.refused).toEqual([]);
      const { reply } = operation;
      const document = reply.as === 'result' ? (answer.json as { Result: unknown }).Result : answer.json;
      if ('schema' in reply) expect([...Value.Errors(reply.schema, document)]).toEqual([]);
      else if (reply.as === 'status') expect(answer.json).toMatchObject({ Result: 'OK' });
      else expect(answer).toMatchObject({ status: 200 });
    });

    const expectRefusal = async (path: string, body: typeof request.body, reason: RegExp) => {
      const before = simulator.refused.length;
      const { json } = await visitor.carry({ ...request, path, ...(body !== undefined && { body }) });
      expect(json).toEqual({ Result: 'Error', Description: expect.stringMatching(reason) });
      expect(simulator.refused).toHaveLength(before + 1);
      expect(why()).toMatch(reason);
    };

    it('refuses query fields that the document does not name', async () => {
      const path = `${url.pathname}?${new URLSearchParams([...url.searchParams, ['Volume', '1']]).toString()}`;
      await expectRefusal(path, request.body, /^Volume: unknown parameter/);
    });

    for (const name of operation.query?.required ?? []) {
      it(`refuses a call without ${name}`, async () => {
        const rest = new URLSearchParams([...url.searchParams].filter(([other]) => other !== name)).toString();
        await expectRefusal(`${url.pathname}?${rest}`, request.body, new RegExp(name));
      });
    }

    // What a GET without a declared body carries is nobody's business.
    if (operation.method === 'GET' && operation.body === undefined && operation.repeated === undefined) return;
    const { required = [] } = (operation.body ?? {}) as { required?: string[] };
    // Nothing that is JSON contradicts it.
    if (isOpen(operation) && required.length === 0) return;

    it('refuses a body of another shape', async () => {
      if (operation.bodyEncoding === 'multipart') return expectRefusal(request.path, 'x', /multipart/);
      if (request.body === undefined) return expectRefusal(request.path, '{"Volume":1}', /takes no body/);
      const sent = JSON.parse(request.body as string) as Record<string, unknown>;
      if (Array.isArray(sent)) return expectRefusal(request.path, '{"Volume":1}', /./);
      if (!isOpen(operation)) await expectRefusal(request.path, JSON.stringify({ ...sent, Volume: 1 }), /^Volume: /);
      for (const name of required) {
        const rest = Object.fromEntries(Object.entries(sent).filter(([other]) => other !== name));
        await expectRefusal(request.path, JSON.stringify(rest), new RegExp(`${name}|command`));
      }
    });
  });

  it.each<{ path: string; body?: object; why: RegExp }>([
    { path: '/device/cameraDetail?ChannelID=5', why: /no such channel/ },
    { path: '/device/cameraDetail?ChannelID=0', why: /ChannelID/ },
    { path: '/device/cameraDetail?ChannelID=1&ChannelID=2', why: /given twice/ },
    { path: '/device/getSnapshot?ChannelID=9', why: /no such channel/ },
    { path: '/device/download/?snapshot=/mnt/disk1/snapshot/../../etc/passwd', why: /no such snapshot/ },
    { path: '/device/deleteSnapshot', body: { snapshotPath: '/etc/passwd' }, why: /no such snapshot/ },
    { path: '/device/searchSnapshotPath', body: { channels: [7], startTime: 0, endTime: 1 }, why: /no such channel/ },
    { path: '/meta/addEvent', body: { ChannelID: 5, Type: 'Motion', State: 'active' }, why: /no such channel/ },
    { path: '/meta/addEvent', body: { ChannelID: 1, Type: 'Motion', State: 'maybe' }, why: /State/ },
    { path: '/dio/pinManualSetting', body: { pinID: 1, pinValue: 1 }, why: /alarm-in pin cannot be set/ },
    { path: '/dio/pinManualSetting', body: { pinID: 9, pinValue: 1 }, why: /no such pin/ },
    { path: '/dio/pinManualSetting', body: { pinID: 5, pinValue: 2 }, why: /pinValue/ },
    { path: '/dio/pinManualSetting', body: { pinID: 5, pinValue: '1' }, why: /pinValue/ },
  ])('refuses what this NVR cannot do: $path $body', async ({ path, body, why }) => {
    const before = simulator.refused.length;
    const { status, json } = await (body ? visitor.post(path, body) : visitor.get(path));
    expect({ status, json }).toEqual({
      status: 200,
      json: { Result: 'Error', Description: expect.stringMatching(why) },
    });
    expect(simulator.refused).toHaveLength(before + 1);
  });

  it.each([
    ['GET', '/device/nothing'],
    ['POST', '/device/cameraList'],
    ['GET', '/dio/pinManualSetting'],
    ['GET', '/live/1/0'],
    ['GET', '/'],
  ])('answers 404 where there is no operation: %s %s', async (method, path) => {
    const { status, json } = await visitor.send(method, path);
    expect({ status, json }).toMatchObject({ status: 404, json: { Result: 'Error' } });
    expect(simulator.refused.at(-1)?.request).toMatchObject({ method, path });
  });

  it('refuses a body that is no JSON', async () => {
    const { json } = await visitor.send('POST', '/meta/addEvent', '{"ChannelID":1,');
    expect(json).toEqual({ Result: 'Error', Description: 'the body is no JSON' });
  });

  it('keeps, finds, shows and deletes snapshots', async () => {
    const { snapshotPath } = (await visitor.get('/device/getSnapshot?ChannelID=4')).json as { snapshotPath: string };
    const range = { channels: [4], startTime: 0, endTime: 9_999_999_999 };
    const found = (await visitor.post('/device/searchSnapshotPath', range)).json as object[];
    expect(found).toContainEqual(expect.objectContaining({ channel: 4, type: 'Manual', snapshotPath }));
    expect((await visitor.post('/device/searchSnapshotPath', { ...range, types: ['Motion'] })).json).toEqual([]);

    const jpeg = await visitor.get(`/device/download/?snapshot=${encodeURIComponent(snapshotPath)}`);
    expect(jpeg).toMatchObject({ status: 200, contentType: 'image/jpeg' });
    expect(simulator.snapshotPaths).toContain(snapshotPath);
    await visitor.post('/device/deleteSnapshot', { snapshotPath });
    expect(simulator.snapshotPaths).not.toContain(snapshotPath);
    expect((await visitor.post('/device/deleteSnapshot', { snapshotPath })).json).toMatchObject({ Result: 'Error' });
  });

  it('keeps the pins: set through the API and from outside', async () => {
    const pins = async () => {
      const { pin_value } = (await visitor.get('/dio/GetPinStatus')).json as {
        pin_value: { pinNum: number; pinVal: number }[];
      };
      return pin_value.filter(({ pinVal }) => pinVal === 1).map(({ pinNum }) => pinNum);
    };
    simulator.setPin(5, 0);
    await visitor.post('/dio/pinManualSetting', { pinID: 7, pinValue: 1 });
    expect(simulator.pin(7)).toBe(1);
    simulator.setPin(2, 1);
    expect(await pins()).toEqual([2, 7]);
    expect(() => simulator.setPin(9, 1)).toThrow('no such pin');
  });
});
