import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { NvrEvent, Subscription } from '../../../shared/index.js';
import { registerEventNode } from '../../event-source.js';
import { type EventFilter, type EventFilterConfig, type FirstState, firstState, passes, readFilter } from './filter.js';
import { HookMonitor } from '../../hook-monitor.js';
import { findNvr, type NvrNode } from '../../find-nvr.js';

interface StoredEvent extends NodeDef, EventFilterConfig {
  readonly nvr?: string;
  /** Send the first known state of each channel after deploy. */
  readonly initial?: boolean;
}

/** Registers `everfocus-event`: one message for each event that passes its filter. */
export default function register(RED: NodeAPI): void {
  registerEventNode(RED, {
    type: 'everfocus-event',
    migrations: [],
    listen(node, config: StoredEvent) {
      const subscription = listen(node, findNvr(RED, config.nvr), readFilter(config), config.initial === true);
      return () => subscription.close();
    },
  });
}

/** @throws FlowError, InvalidParameterError when the NVR's configuration is no use */
function listen(node: Node, nvr: NvrNode, filter: EventFilter, initial: boolean): Subscription {
  const client = nvr.client();
  const monitor = new HookMonitor((status) => node.status(status));
  /** Channels that have reported something: that is newer than their first state. */
  const reported = new Set<number>();
  /** Whether the log says already that the NVR is away. */
  let told = false;

  const send = (payload: NvrEvent | FirstState, first: boolean) => {
    monitor.counted();
    const everfocus = { operation: 'eventHook', nvr: nvr.label, channel: payload.channel, ...(first && { first }) };
    node.send({ payload, everfocus });
  };
  const subscription = client.events.subscribe({
    message(event) {
      reported.add(event.channel);
      if (passes(filter, event)) send(event, false);
    },
    connected() {
      monitor.connected();
      told = false;
    },
    disconnected(error) {
      monitor.disconnected(error);
      if (error && !told) node.warn(`${error.code}: ${error.message}`);
      told ||= error !== undefined;
    },
  });
  // Also without first states to tell: what is active is known to the next node that comes.
  const { channels, types } = filter;
  const state = client.state.watch({ events: { channels, types: types?.values() } }, (change) => {
    if (!initial || change.kind !== 'event' || !change.first || reported.has(change.channel)) return;
    const first = firstState(filter, change);
    if (first) send(first, true);
  });
  return {
    close() {
      monitor.close();
      subscription.close();
      state.close();
    },
  };
}
