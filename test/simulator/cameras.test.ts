import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { Visitor } from './visitor.js';

const newCamera = {
  Enable: true,
  DeviceName: 'Gate',
  IPAddress: '192.168.33.99',
  SubnetMask: '255.255.255.0',
  Port: 8080,
  UserName: 'viewer',
  Password: 'of the gate',
  protocol: 'onvif',
};

describe('Cameras of the simulator', () => {
  let simulator: Simulator;
  let visitor: Visitor;
  beforeEach(async () => {
    simulator = await Simulator.start({ cameras: 2 });
    visitor = await Visitor.loggedIn(simulator);
  });
  afterEach(async () => {
    visitor.leave();
    await simulator.stop();
  });

  const add = () => visitor.post('/device/addCamera', newCamera);
  const channels = async () => {
    const { json } = await visitor.get('/device/cameraList');
    return (json as { ChannelID: number }[]).map(({ ChannelID }) => ChannelID);
  };
  const detail = async (channel: number) => (await visitor.get(`/device/cameraDetail?ChannelID=${channel}`)).json;
  const online = async () => {
    const { json } = await visitor.get('/device/cameraStatus');
    return (json as { ChannelID: number; Online: boolean }[]).map(({ ChannelID, Online }) => [ChannelID, Online]);
  };

  it('come to the next free of 8 channels, with what they were added with', async () => {
    expect((await add()).json).toEqual({ Result: 'OK', Description: 'ChannelID=3' });
    expect(await channels()).toEqual([1, 2, 3]);
    expect(await detail(3)).toMatchObject({ ChannelID: 3, ...newCamera });
    await visitor.get('/device/deleteCamera?ChannelID=1');
    expect((await add()).json).toMatchObject({ Description: 'ChannelID=1' });
    for (const channel of [4, 5, 6, 7, 8])
      expect((await add()).json).toMatchObject({ Description: `ChannelID=${channel}` });
    expect((await add()).json).toMatchObject({
      Result: 'Error',
      Description: expect.stringContaining('no channel is free'),
    });
  });

  it('come to the channel that is named, in place of what was there', async () => {
    const set = (query: number, body: number) =>
      visitor.post(`/device/setCamera?ChannelID=${query}`, { ...newCamera, ChannelID: body });
    expect((await set(7, 7)).json).toEqual({ Result: 'OK', Description: '7' });
    await set(2, 2);
    expect(await channels()).toEqual([1, 2, 7]);
    expect(await detail(2)).toMatchObject({ DeviceName: 'Gate' });
    expect((await set(9, 9)).json).toMatchObject({ Result: 'Error' });
    expect((await set(3, 4)).json).toMatchObject({ Result: 'Error', Description: 'ChannelID: query and body differ' });
  });

  it('change where they are told to, and nowhere else', async () => {
    const before = (await detail(1)) as object;
    await visitor.post('/device/updateCamera?ChannelID=1', { DeviceName: 'Yard', Password: 'new' });
    expect(await detail(1)).toEqual({ ...before, DeviceName: 'Yard', Password: 'new' });
  });

  it('move, with all that is set in them, to a channel that is free', async () => {
    await visitor.post('/device/ptzControl?ChannelID=1', {
      command: 'set_preset',
      parameters: { preset_name: 'Left' },
    });
    const { json: refused } = await visitor.post('/device/updateCamera?ChannelID=1', {
      ChannelID: 2,
      DeviceName: 'Yard',
    });
    expect(refused).toMatchObject({ Result: 'Error', Description: expect.stringContaining('ChannelID=2') });
    expect(await detail(1)).toMatchObject({ DeviceName: 'Camera 1' });
    expect((await visitor.post('/device/updateCamera?ChannelID=1', { ChannelID: 5 })).json).toEqual({
      Result: 'OK',
      Description: '5',
    });
    expect(await channels()).toEqual([2, 5]);
    expect(await detail(5)).toMatchObject({ DeviceName: 'Camera 1' });
    expect((await visitor.post('/device/ptzControl?ChannelID=5', { command: 'get_presets' })).json).toEqual({
      presets: [{ name: 'Left', preset_token: '1' }],
    });
  });

  it.each<[string, (guest: Visitor) => Promise<unknown>]>([
    ['deleted', (guest) => guest.get('/device/deleteCamera?ChannelID=1')],
    ['moved', (guest) => guest.post('/device/updateCamera?ChannelID=1', { ChannelID: 6 })],
    ['disabled', (guest) => guest.post('/device/updateCamera?ChannelID=1', { Enable: false })],
    ['replaced', (guest) => guest.post('/device/setCamera?ChannelID=1', { ...newCamera, ChannelID: 1 })],
  ])("end their live sockets when they are %s, and nobody else's", async (_how, act) => {
    const [left, stays] = await Promise.all(['/live/1/0', '/live/2/1'].map((path) => visitor.socket(path)));
    await act(visitor);
    await until('the socket to end', () => left?.socket.readyState === 3);
    expect(stays?.socket.readyState).toBe(1);
  });

  it('are off line where they are disabled or deleted, and show nothing', async () => {
    await visitor.post('/device/updateCamera?ChannelID=1', { Enable: false });
    await visitor.get('/device/deleteCamera?ChannelID=2');
    expect(await online()).toEqual([
      [1, false],
      [2, false],
    ]);
    for (const channel of [1, 2]) await expect(visitor.socket(`/live/${channel}/0`)).rejects.toThrow('400');
    expect((await visitor.post('/device/ptzControl?ChannelID=1', { command: 'pan_left' })).json).toMatchObject({
      Result: 'Error',
    });
    expect((await visitor.get('/device/getSnapshot?ChannelID=1')).json).toMatchObject({ Result: 'Error' });
    await visitor.post('/device/updateCamera?ChannelID=1', { Enable: true });
    expect(await online()).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  it('show, move and throw events when they were added later', async () => {
    await add();
    const { messages } = await visitor.socket('/live/3/0');
    await until('frames', () => messages.length > 3);
    simulator.motion(3);
    expect(await online()).toContainEqual([3, true]);
  });

  it('take their events with them', async () => {
    const event = async (channel: number) => {
      const { json } = await visitor.get('/device/cameraStatus');
      return (json as { ChannelID: number; Event: boolean }[]).find(({ ChannelID }) => ChannelID === channel)?.Event;
    };
    simulator.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    expect(await event(2)).toBe(true);
    await visitor.get('/device/deleteCamera?ChannelID=2');
    expect(() => simulator.motion(2)).toThrow('no such channel');
    await add();
    expect(await event(2)).toBe(false);
  });

  it('are found in the network, added or not', async () => {
    const addresses = async () => {
      const { json } = await visitor.get('/device/probe');
      return (json as { IPAddress: string }[]).map(({ IPAddress }) => IPAddress);
    };
    const others = [29, 30, 31].map((host) => `192.168.33.${host}`);
    expect(await addresses()).toEqual(['192.168.33.21', '192.168.33.22', ...others]);
    await visitor.post('/device/addCamera', { ...newCamera, IPAddress: '192.168.33.30' });
    expect((await addresses()).sort()).toEqual(['192.168.33.21', '192.168.33.22', ...others]);
  });
});
