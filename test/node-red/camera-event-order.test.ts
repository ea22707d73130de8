import { describe, expect, it } from '@jest/globals';
import type { Node } from 'node-red';
import type { NvrNode } from '../../src/node-red/find-nvr.js';
import { CameraEvents } from '../../src/node-red/nodes/camera-event/events.js';
import { readWanted } from '../../src/node-red/nodes/camera-event/wanted.js';
import type { StateChange } from '../../src/shared/index.js';

/** A node whose NVR says what it is made to say: an order that a real one has now and then only. */
function nodeThatHears(gap: number) {
  const sent: string[] = [];
  let say: (change: StateChange) => void = () => undefined;
  const state = {
    watch: (_interest: unknown, listener: typeof say) => {
      say = listener;
      return { close: () => undefined };
    },
  };
  const node = {
    send: ({ payload, everfocus }: { payload: { active: boolean }; everfocus: { first?: true } }) =>
      sent.push(`${payload.active ? 'begins' : 'ends'}${everfocus.first ? ', already so' : ''}`),
  };
  const events = new CameraEvents({
    ...{ node: node as unknown as Node, nvr: { label: 'Office', client: () => ({ state }) } as unknown as NvrNode },
    ...{ wanted: readWanted({ kinds: 'motion' }), picture: '', folder: '', clips: undefined, gap },
    ...{ initial: false, connection: false, show: () => undefined },
  });
  say({ kind: 'cameras', cameras: [{ channel: 1, name: 'Gate', enabled: true }] });
  const motion = (active: boolean, first = false) =>
    say({ kind: 'event', channel: 1, type: 'Motion', active, cause: 'event', ...(first && { first }) });
  return { sent, motion, events };
}

describe('an event that begins while the NVR tells what is so already', () => {
  it.each([0, 60_000])('is told once, and its end as well: minimum gap %d ms', (gap) => {
    const { sent, motion, events } = nodeThatHears(gap);
    motion(true);
    motion(true, true);
    motion(false);
    expect(sent).toEqual(['begins', 'ends']);
    events.close();
  });
});
