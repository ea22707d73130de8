import type { NodeStatus } from 'node-red';

/** Longer texts push neighbouring nodes apart in the editor. */
const longest = 19;

/** What a call node is doing. */
export interface CallFacts {
  /** Calls under way. */
  readonly pending: number;
  /** The operation that was started last. */
  readonly operation: string;
  /** Code of the error that the call which ended last ended with. */
  readonly failure: string | undefined;
  /** What goes on, in words: how much of a clip has come, where a playback is. */
  readonly activity?: string | undefined;
}

/** What a hook node knows of its connection. */
export interface HookFacts {
  readonly connection: 'connecting' | 'connected' | 'disconnected';
  /** Code of an error after which no reconnect is tried. */
  readonly failure: string | undefined;
  /** Messages sent since deploy. */
  readonly count: number;
  /** Changes that a flood had too many of, since deploy. */
  readonly dropped?: number | undefined;
}

/** Red ring and code after an error, blue dot while calls are under way or something goes on, else nothing. */
export function callStatus({ pending, operation, failure, activity }: CallFacts): NodeStatus {
  if (failure !== undefined) return failureStatus(failure);
  if (activity !== undefined) return { fill: 'blue', shape: 'dot', text: fit(activity) };
  return pending > 0 ? { fill: 'blue', shape: 'dot', text: fit(operation) } : {};
}

/** Yellow ring until the first connection, green dot with the counts, red ring when it is lost. */
export function hookStatus({ connection, failure, count, dropped = 0 }: HookFacts): NodeStatus {
  if (failure !== undefined) return failureStatus(failure);
  switch (connection) {
    case 'connecting':
      return { fill: 'yellow', shape: 'ring', text: 'connecting' };
    case 'connected': {
      const text = dropped > 0 ? `${dropped} dropped` : 'connected';
      return { fill: 'green', shape: 'dot', text: fit(count > 0 ? `${text} (${count})` : text) };
    }
    case 'disconnected':
      return { fill: 'red', shape: 'ring', text: 'disconnected' };
  }
}

/** Of several at once: green where all are, red where one is lost, with how many are there. */
export function severalStatus(all: readonly NodeStatus[]): NodeStatus {
  const are = (fill: string) => all.filter((status) => typeof status === 'object' && status.fill === fill).length;
  const text = fit(`${are('green')} of ${all.length}`);
  if (are('red') > 0) return { fill: 'red', shape: 'ring', text };
  return are('yellow') > 0 ? { fill: 'yellow', shape: 'ring', text } : { fill: 'green', shape: 'dot', text };
}

/** Red ring and code. */
export function failureStatus(code: string): NodeStatus {
  return { fill: 'red', shape: 'ring', text: fit(code) };
}

function fit(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
