import { describe, expect, it } from '@jest/globals';
import { MemoryStore } from '../../src/shared/index.js';
import { BriskClock } from '../support/brisk-clock.js';
import { until } from '../support/until.js';
import { bridgeConfig, commands, nvrConfig, Onlooker, startBridge, startNvr } from './rig.js';
import { TestBroker } from './test-broker.js';

const HOUR = 3_600_000;

describe.each([HOUR, -HOUR])('The bridge, while the date steps by %d ms', (step) => {
  it('stays connected, tells events and their ends, takes commands and announces its devices', async () => {
    using clock = new BriskClock(10, 1_700_000_000_000);
    await using broker = await TestBroker.start();
    const { nvr, base, id } = await startNvr({ clock });
    await using stopped = new AsyncDisposableStack();
    stopped.defer(() => nvr.stop());
    await using onlooker = await Onlooker.at(broker.port);
    const config = bridgeConfig(broker.port, [nvrConfig(nvr, { commands: commands({ outputs: true }) })]);
    await using bridge = startBridge(config, new MemoryStore(), clock);
    let sign = 1;
    const pass = (what: string, condition: () => boolean) =>
      until(what, () => {
        if (condition()) return true;
        clock.stepWall(sign * step);
        sign = -sign;
        return false;
      });
    const says = (topic: string, text: string) =>
      pass(`${topic} to say ${text}`, () => onlooker.last(`${base}/${topic}`) === text);

    await says('ch/1/motion', 'OFF');
    await says('do/5', 'OFF');
    nvr.throwEvent({ channel: 1, type: 'Motion', state: 'once' });
    await says('ch/1/motion', 'ON');
    const begin = clock.now();
    await says('ch/1/motion', 'OFF');
    expect(clock.now() - begin).toBeLessThan(10_000);

    for (const state of ['ON', 'OFF', 'ON']) {
      clock.stepWall(step);
      await onlooker.publish(`${base}/do/5/set`, state);
      await says('do/5', state);
    }

    const announced = () => onlooker.all(`homeassistant/device/everfocus_${id}_ch1/config`).length;
    for (let before = 0, times = 0; times < 3; times += 1) {
      await pass('a device to be announced', () => announced() > before);
      const repeated = clock.now();
      await pass('time to pass', () => clock.now() - repeated >= 10_000);
      before = announced();
      clock.stepWall(step);
      await onlooker.publish('homeassistant/status', 'online');
    }
    expect(onlooker.all('everfocus/home/status')).toEqual(['online']);
    expect(onlooker.all(`${base}/status`)).toEqual(['{"connection":"connected"}']);
    expect(bridge.lines.filter((line) => !line.startsWith('info'))).toEqual([]);
  });
});
