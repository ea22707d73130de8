import { setTimeout as wait } from 'node:timers/promises';
import type { Row } from './report.js';
import type { Rig } from './rig.js';

/** Event at the NVR → HAP notification, beside the same event seen by a bare socket on the hook. */
export async function events(rig: Rig, rounds: number): Promise<Row[]> {
  const id = rig.camera(1).service('MotionSensor').id('MotionDetected');
  const watch = await rig.home.watch([id]);
  const ours: number[] = [];
  const hook: number[] = [];
  let begin = 0;
  const subscription = rig.client.events.subscribe({ message: () => hook.push(performance.now() - begin) });
  await wait(500);
  for (let round = 0; round < rounds; round += 1) {
    for (const active of [true, false]) {
      await wait(50);
      const from = watch.changes.length;
      begin = performance.now();
      rig.nvr.throwEvent({ channel: 1, type: 'Motion', state: active ? 'active' : 'inactive' });
      ours.push((await watch.change(id, active, from)) - begin);
    }
  }
  subscription.close();
  await watch.close();
  const beside = [{ what: 'the same event on the hook itself', values: hook }];
  return [{ what: 'event → HAP notification', unit: 'ms', ours: ours, beside }];
}
