import { InvalidParameterError } from '../../../../src/shared/errors.js';
import { faultActions, faultSettings } from '../faults/fault-table.js';
import type { Faults } from '../faults/fault-table.js';
import { setFault } from '../faults/faults.js';
import type { LoggedRequest, RefusedRequest } from '../api/request-log.js';
import type { ThrownEvent } from '../nvr/events.js';
import type { MetaData } from '../nvr/meta.js';
import type { Exception } from '../nvr/notices.js';
import { ALARM_IN, ALARM_OUT } from '../nvr/pins.js';
import type { PtzState } from '../nvr/ptz.js';

/** What the control server needs of a simulator. */
export interface Controlled {
  readonly host: string;
  readonly port: number;
  readonly cameras: number;
  readonly channels: readonly number[];
  readonly openSockets: number;
  readonly loginAttempts: number;
  readonly failedLogins: number;
  readonly snapshotPaths: readonly string[];
  readonly requests: readonly LoggedRequest[];
  readonly refused: readonly RefusedRequest[];
  readonly faults: Faults;
  still(channel: number): Buffer;
  pin(pin: number): number;
  ptz(channel: number): PtzState;
  motion(channel: number): void;
  throwEvent(event: ThrownEvent): void;
  throwMeta(meta: Pick<MetaData, 'channel' | 'type' | 'data'>): void;
  throwException(exception: Exception): void;
  setPin(pin: number, value: number): void;
  restart(downMs?: number): Promise<void>;
}

type Body = Readonly<Record<string, unknown>>;

const help = {
  'GET /': 'this; for a browser, a page',
  'GET /still/{channel}.jpg': 'what the camera shows now',
  'POST /event':
    '{"channel": 2}: motion for 5 s; {"channel", "type", "state": "active" | "inactive" | "once"}: exactly that',
  'POST /meta': '{"channel": 1, "type", "data"}',
  'POST /exception': '{"exception": "DiskFull"}; {"exception": "DiskError", "target": the disk}',
  'POST /pin': '{"pin": 5, "value": 1}',
  'POST /fault/{name}': '{"value": true | false | number}; without a body: on, or once',
  'POST /restart': '{"downMs": 0}: cuts every connection, forgets sessions and events, listens again after that time',
};

/** Help and state, for `GET /`. */
export function overview(simulator: Controlled) {
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

/** Does what was posted to that path. @returns what was done @throws {@link InvalidParameterError} */
export async function command(simulator: Controlled, path: string, body: Body): Promise<string> {
  const fault = /^\/fault\/(\w+)$/.exec(path)?.[1];
  if (fault !== undefined) {
    const value = body['value'] ?? true;
    setFault(simulator.faults, fault, value);
    return `fault ${fault} ${{ true: 'on', false: 'off' }[JSON.stringify(value)] ?? JSON.stringify(value)}`;
  }
  switch (path) {
    case '/event':
      return throwEvent(simulator, body);
    case '/meta': {
      const meta = { channel: number(body, 'channel'), type: text(body, 'type'), data: text(body, 'data') };
      simulator.throwMeta(meta);
      return `metadata ${meta.type} on channel ${meta.channel}`;
    }
    case '/exception': {
      const exception = text(body, 'exception');
      simulator.throwException({ exception, ...(body['target'] !== undefined && { target: text(body, 'target') }) });
      return `exception ${exception}`;
    }
    case '/pin': {
      const pin = number(body, 'pin');
      simulator.setPin(pin, number(body, 'value'));
      return `pin ${pin} is ${simulator.pin(pin)}`;
    }
    case '/restart':
      await simulator.restart(body['downMs'] === undefined ? 0 : number(body, 'downMs'));
      return 'restarted';
    default:
      throw new InvalidParameterError(path, 'there is no such command; GET / tells what there is');
  }
}

function throwEvent(simulator: Controlled, body: Body): string {
  const { state } = body;
  const type = body['type'] === undefined ? 'Motion' : text(body, 'type');
  const channel = number(body, 'channel');
  if (state === undefined && type === 'Motion') {
    simulator.motion(channel);
    return `motion on channel ${channel}`;
  }
  if (state !== 'active' && state !== 'inactive' && state !== 'once') {
    throw new InvalidParameterError('state', 'must be active, inactive or once');
  }
  simulator.throwEvent({ channel, type, state });
  return `${type} ${state} on channel ${channel}`;
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
