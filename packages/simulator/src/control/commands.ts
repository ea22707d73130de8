import { InvalidParameterError } from '../../../../src/shared/errors.js';
import { faultActions, faultSettings } from '../faults/fault-table.js';
import { setFault } from '../faults/faults.js';
import { ALARM_IN, ALARM_OUT } from '../nvr/pins.js';
import type { Simulator } from '../simulator.js';

type Body = Readonly<Record<string, unknown>>;

const help = {
  'GET /': 'this',
  'POST /event':
    '{"channel": 2}: motion for 5 s; {"channel", "type", "state": "active" | "inactive" | "once"}: exactly that',
  'POST /meta': '{"channel": 1, "type", "data"}',
  'POST /exception': '{"exception": "DiskFull"}; {"exception": "DiskError", "target": the disk}',
  'POST /pin': '{"pin": 5, "value": 1}',
  'POST /fault/{name}': '{"value": true | false | number}; without a body: on, or once',
  'POST /restart': '{"downMs": 0}: cuts every connection, forgets sessions and events, listens again after that time',
};

/** Help and state, for `GET /`. */
export function overview(simulator: Simulator) {
  const { host, port, cameras, channels, openSockets, loginAttempts, failedLogins, snapshotPaths, requests, refused } =
    simulator;
  return {
    help,
    nvr: { host, port, cameras },
    openSockets,
    loginAttempts,
    failedLogins,
    snapshotPaths,
    pins: Object.fromEntries([...ALARM_IN, ...ALARM_OUT].map((pin) => [pin, simulator.pin(pin)])),
    ptz: Object.fromEntries(channels.map((channel) => [channel, simulator.ptz(channel)])),
    faults: Object.entries(faultSettings).map(([name, { what }]) => ({
      name,
      value: simulator.faults[name as keyof typeof faultSettings],
      what,
    })),
    oneTimeFaults: Object.entries(faultActions).map(([name, action]) => ({ name, ...action })),
    requests,
    refused,
  };
}

/** Does what was posted to that path. @throws {@link InvalidParameterError} */
export async function command(simulator: Simulator, path: string, body: Body): Promise<void> {
  const fault = /^\/fault\/(\w+)$/.exec(path)?.[1];
  if (fault !== undefined) return setFault(simulator.faults, fault, body['value'] ?? true);
  switch (path) {
    case '/event':
      return throwEvent(simulator, body);
    case '/meta':
      return simulator.throwMeta({
        channel: number(body, 'channel'),
        type: text(body, 'type'),
        data: text(body, 'data'),
      });
    case '/exception': {
      const target = body['target'] === undefined ? {} : { target: text(body, 'target') };
      return simulator.throwException({ exception: text(body, 'exception'), ...target });
    }
    case '/pin':
      return simulator.setPin(number(body, 'pin'), number(body, 'value'));
    case '/restart':
      return simulator.restart(body['downMs'] === undefined ? 0 : number(body, 'downMs'));
    default:
      throw new InvalidParameterError(path, 'there is no such command; GET / tells what there is');
  }
}

function throwEvent(simulator: Simulator, body: Body): void {
  const { state } = body;
  const type = body['type'] === undefined ? 'Motion' : text(body, 'type');
  const channel = number(body, 'channel');
  if (state === undefined && type === 'Motion') return simulator.motion(channel);
  if (state !== 'active' && state !== 'inactive' && state !== 'once') {
    throw new InvalidParameterError('state', 'must be active, inactive or once');
  }
  simulator.throwEvent({ channel, type, state });
}

function text(body: Body, name: string): string {
  const value = body[name];
  if (typeof value === 'string') return value;
  throw new InvalidParameterError(name, 'must be text');
}

function number(body: Body, name: string): number {
  const value = body[name];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new InvalidParameterError(name, 'must be a whole number from 0');
}
