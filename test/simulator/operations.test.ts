import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TObject } from 'typebox';
import { Value } from 'typebox/value';
import type { Operation } from '../../src/shared/sdk/declaration.js';
import { operations } from '../../src/shared/sdk/index.js';
import { Simulator } from '../../src/simulator/index.js';
import { Visitor } from './visitor.js';

/** A good value for every field that any request carries. */
const good: Readonly<Record<string, unknown>> = {
  ChannelID: 2,
  Type: 'Motion',
  State: 'once',
  channels: [1, 2],
  types: ['Manual'],
  startTime: 0,
  endTime: 9_999_999_999,
  pinID: 5,
  pinValue: 1,
};

const called = Object.values<Operation>(operations).filter(({ anonymous, id }) => !anonymous && id !== 'logout');

describe('Operations of the simulator', () => {
  let simulator: Simulator;
  let visitor: Visitor;

  beforeAll(async () => {
    simulator = await Simulator.start();
    visitor = await Visitor.loggedIn(simulator);
  });
  afterAll(() => simulator.stop());

  const call = (operation: Operation, query: object, body: unknown) => {
    const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
    const text = body === undefined ? undefined : JSON.stringify(body);
    return visitor.send(operation.method, `${operation.path}${search && `?${search}`}`, text);
  };

  /** Every field of the operation with a good value. */
  const goodCall = async ({ query, body }: Operation) => {
    const { snapshotPath } = (await visitor.get('/device/getSnapshot?ChannelID=3')).json as { snapshotPath: string };
    const values: Readonly<Record<string, unknown>> = { ...good, snapshotPath, snapshot: snapshotPath };
    const fill = (schema: object) =>
      Object.fromEntries(Object.keys((schema as TObject).properties).map((name) => [name, values[name]]));
    return { query: query ? fill(query) : {}, body: body ? fill(body) : undefined };
  };

  describe.each(called)('$section $id', (operation) => {
    const why = () => simulator.refused.at(-1)?.why;
    const expectRefusal = async (query: object, body: unknown, reason: RegExp) => {
      const before = simulator.refused.length;
      const { json } = await call(operation, query, body);
      expect(json).toEqual({ Result: 'Error', Description: expect.stringMatching(reason) });
      expect(simulator.refused).toHaveLength(before + 1);
      expect(why()).toMatch(reason);
    };

    it('answers a good call as declared', async () => {
      const { query, body } = await goodCall(operation);
      const answer = await call(operation, query, body);
      const { reply } = operation;
      if (reply.as === 'json') expect([...Value.Errors(reply.schema, answer.json)]).toEqual([]);
      else if (reply.as === 'status') expect(answer.json).toEqual({ Result: 'OK' });
      else expect(answer.body.subarray(0, 2).toString('hex')).toBe('ffd8');
    });

    it('refuses fields that the document does not name', async () => {
      const { query, body } = await goodCall(operation);
      await expectRefusal({ ...query, Volume: 1 }, body, /^Volume: unknown parameter/);
      if (operation.body) await expectRefusal(query, { ...(body as object), Volume: 1 }, /^Volume: /);
      else if (operation.method === 'POST') await expectRefusal(query, { Volume: 1 }, /takes no body/);
    });

    it('refuses missing fields and wrong types', async () => {
      const { query, body } = await goodCall(operation);
      for (const [part, values] of Object.entries({ query, body })) {
        for (const name of Object.keys(values ?? {})) {
          const { [name]: value, ...rest } = values as Readonly<Record<string, unknown>>;
          const schema = operation[part as 'query' | 'body'] as TObject;
          const replace = (changed: object) =>
            (part === 'query' ? [changed, body] : [query, changed]) as [object, unknown];
          if (schema.required.includes(name)) await expectRefusal(...replace(rest), new RegExp(name));
          if (part === 'body')
            await expectRefusal(...replace({ ...rest, [name]: { value } }), new RegExp(`^${name}: `));
          if (typeof value === 'number')
            await expectRefusal(...replace({ ...rest, [name]: 'x' }), new RegExp(`^${name}: `));
        }
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
