import type { SocketApi } from '../api/socket-api.js';
import { InvalidParameterError } from '../../../../src/shared/errors.js';
import type { Media } from '../live/media.js';
import type { NvrClock } from '../nvr-clock.js';
import type { Nvr } from '../nvr/nvr.js';
import { type FaultActions, type FaultSettings, type Faults, faultActions, faultSettings } from './fault-table.js';
import { type MalformedFrame, malformedFrames } from './frame-faults.js';

/** Events of one storm at most. */
const MAX_STORM = 100_000;
/** s; a day */
const MAX_JUMP = 86_400;
/** ms */
const MAX_DELAY = 600_000;

const HOOKS = ['eventHook', 'cameraStatusHook', 'metaHook', 'exceptionListen', 'messageListen'] as const;

/** Adds the one-time faults to the switches. */
export function withActions(
  settings: FaultSettings,
  nvr: Nvr,
  media: Media,
  sockets: SocketApi,
  clock: NvrClock,
): Faults {
  const malformed = (name: MalformedFrame) => () => {
    const message = malformedFrames[name](clock.wall());
    media.inject(message);
    for (const socket of sockets.of('playback')) socket.send(message);
  };
  const actions: FaultActions = {
    expireSessions: () => nvr.sessions.forget(),
    badMagicFrame: malformed('badMagicFrame'),
    truncatedFrame: malformed('truncatedFrame'),
    oversizedFrame: malformed('oversizedFrame'),
    unknownFrame: malformed('unknownFrame'),
    unknownEvent: () => nvr.events.throw({ channel: 1, type: 'NeverHeardOf', state: 'once' }),
    badHookMessage: () => {
      for (const socket of HOOKS.flatMap((hook) => sockets.of(hook))) socket.send('{"ChannelID":1,');
    },
    changedCertificate: () => nvr.certificate.renew(),
    expiredCertificate: () => nvr.certificate.renew(-1),
    noticeStorm: (count) => {
      checkNumber('noticeStorm', count, MAX_STORM);
      for (let number = 0; number < count; number++) {
        nvr.meta.add(1, 'storm', String(number));
        nvr.notices.except({ exception: 'DiskError', target: `disk${number}` });
        nvr.notices.message({ message: 'storm', target: number });
      }
    },
    clockJump: (seconds) => {
      checkNumber('clockJump', seconds, MAX_JUMP);
      clock.jump(seconds * 1000);
    },
    eventStorm: (count) => {
      checkNumber('eventStorm', count, MAX_STORM);
      for (let event = 0; event < count; event++) {
        nvr.events.throw({ channel: 1, type: 'Motion', state: 'active' });
        nvr.events.throw({ channel: 1, type: 'Motion', state: 'inactive' });
      }
    },
  };
  return Object.assign(settings, actions);
}

/**
 * Switches a fault, or makes one happen, by name.
 * @throws {@link InvalidParameterError} where there is no such fault, or the value does not fit
 */
export function setFault(faults: Faults, name: string, value: unknown): void {
  if (Object.hasOwn(faultActions, name)) {
    const action: (count: number) => void = faults[name as keyof FaultActions];
    action(Number(value));
    return;
  }
  if (!Object.hasOwn(faultSettings, name)) throw new InvalidParameterError(name, 'there is no such fault');
  const { off } = faultSettings[name as keyof FaultSettings];
  if (typeof off === 'number') checkNumber(name, value, MAX_DELAY);
  else if (typeof value !== 'boolean') throw new InvalidParameterError(name, 'must be true or false');
  Object.assign(faults, { [name]: value });
}

function checkNumber(name: string, value: unknown, maximum: number): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maximum) return;
  throw new InvalidParameterError(name, `must be a whole number from 0 to ${maximum}`);
}
