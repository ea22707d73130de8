import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { Simulator, type SimulatorOptions } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { Visitor } from './visitor.js';

const everySocket = [
  '/meta/eventHook',
  '/device/cameraStatus',
  '/live/1/0',
  '/live/2/1',
  '/live/2/1',
  '/playback/1/0?time=0&session=a',
  '/audioBackchannel?ChannelID=1',
];

describe('Simulator', () => {
  it('leaves nothing behind', async () => {
    const clock = new ManualClock(1_700_000_000_000);
    const simulator = await Simulator.start({ clock, controlPort: 0, scene: 10 });
    const { port, controlPort } = simulator;
    const visitor = await Visitor.loggedIn(simulator);
    const sockets = await Promise.all(everySocket.map((path) => visitor.socket(path)));
    expect(simulator.openSockets).toBe(sockets.length);

    await Promise.all([simulator.stop(), simulator.stop()]);
    expect(simulator.openSockets).toBe(0);
    expect(clock.pending).toBe(0);
    await until('all clients cut', () => sockets.every(({ socket }) => socket.readyState === socket.CLOSED));
    for (const closed of [port, controlPort]) await expect(fetch(`http://127.0.0.1:${closed}/`)).rejects.toThrow();
  });

  it('forgets a socket that its client closes', async () => {
    await using simulator = await Simulator.start();
    const visitor = await Visitor.loggedIn(simulator);
    for (const path of everySocket) (await visitor.socket(path)).socket.close();
    await until('no socket', () => simulator.openSockets === 0);
  });

  it('restarts at the same port: sockets cut, sessions forgotten, disk and pins kept', async () => {
    await using simulator = await Simulator.start();
    const { port } = simulator;
    const visitor = await Visitor.loggedIn(simulator);
    await visitor.get('/device/getSnapshot?ChannelID=1');
    simulator.setPin(5, 1);
    const { socket } = await visitor.socket('/live/1/0');
    await simulator.restart();
    await until('the client cut', () => socket.readyState === socket.CLOSED);
    expect(simulator).toMatchObject({ port, openSockets: 0 });
    expect(simulator.snapshotPaths).toHaveLength(1);
    expect(simulator.pin(5)).toBe(1);
    expect((await visitor.get('/device/cameraList')).status).toBe(401);
    expect((await visitor.login()).json).toMatchObject({ Result: 'OK' });
  });

  it('can be stopped while it is down', async () => {
    const clock = new ManualClock();
    const simulator = await Simulator.start({ clock });
    const restart = simulator.restart(60_000);
    await until('down', () => clock.pending === 1);
    await simulator.stop();
    await restart;
    expect(clock.pending).toBe(0);
    await expect(fetch(`http://127.0.0.1:${simulator.port}/`)).rejects.toThrow();
  });

  it('says which port is taken, and gives back what it had already', async () => {
    await using first = await Simulator.start({ controlPort: 0 });
    const { port, controlPort } = first;
    await expect(Simulator.start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(Simulator.start({ port: 0, controlPort: controlPort ?? 0 })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('survives requests that are no HTTP', async () => {
    await using simulator = await Simulator.start();
    const { connect } = await import('node:net');
    for (const text of [
      'GET // HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      '\r\n{}\r\n\r\n',
    ]) {
      const socket = connect(simulator.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.end(text);
      await new Promise((resolve) => socket.resume().on('close', resolve));
    }
    expect(await Visitor.loggedIn(simulator)).toBeInstanceOf(Visitor);
  });

  it.each<[string, SimulatorOptions]>([
    ['cameras', { cameras: 0 }],
    ['cameras', { cameras: 9 }],
    ['port', { port: 65536 }],
    ['controlPort', { controlPort: -1 }],
    ['rtspPort', { rtspPort: 70_000 }],
    ['httpsPort', { httpsPort: 65536 }],
    ['scene', { scene: 1 }],
    ['codec', { codec: 'mjpeg' as 'h264' }],
    ['subCodec', { subCodec: 'mjpeg' as 'h264' }],
    ['username', { username: '' }],
    ['password', { password: '' }],
    ['mac', { mac: '00:11:14' }],
  ])('refuses a bad %s: %j', async (path, options) => {
    await expect(Simulator.start(options)).rejects.toMatchObject({ code: 'INVALID_PARAMETER', path });
  });
});
