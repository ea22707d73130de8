import { describe, expect, it } from '@jest/globals';
import { completeOptions } from '../../src/shared/link/options.js';
import { type LoginFacts, nextLoginStep, pauseBetweenLogins } from '../../src/shared/link/login-policy.js';
import { type RefusalFacts, type RefusalRemedy, remedyForRefusal } from '../../src/shared/link/refusal-policy.js';

const MINUTE = 60_000;

describe('what follows a login', () => {
  const facts: LoginFacts = { outcome: 'rejected', readingsLeft: 0, rejections: 0, failures: 0 };

  it.each<[Partial<LoginFacts>, string, number | undefined]>([
    [{ outcome: 'open', readingsLeft: 1 }, 'enter', undefined],
    [{ outcome: 'open', rejections: 5, failures: 5 }, 'enter', undefined],
    [{ readingsLeft: 1 }, 'try-next', undefined],
    [{ readingsLeft: 1, rejections: 9 }, 'try-next', undefined],
    [{}, 'wait', MINUTE],
    [{ rejections: 1 }, 'wait', 10 * MINUTE],
    [{ rejections: 2 }, 'wait', 60 * MINUTE],
    [{ rejections: 3 }, 'wait', 60 * MINUTE],
    [{ rejections: 1000 }, 'wait', 60 * MINUTE],
    [{ outcome: 'later' }, 'wait', 1000],
    [{ outcome: 'later', readingsLeft: 1 }, 'wait', 1000],
    [{ outcome: 'later', failures: 3 }, 'wait', 8000],
    [{ outcome: 'later', failures: 6 }, 'wait', MINUTE],
    [{ outcome: 'later', failures: 5000 }, 'wait', MINUTE],
  ])('%j: %s %s', (some, what, ms) => {
    expect(nextLoginStep({ ...facts, ...some })).toEqual({ do: what, ...(ms !== undefined && { ms }) });
  });

  it.each<[string, number[], number]>([
    ['none', [], 0],
    ['a few', [0, 1, 2, 3, 4, 5, 6, 7, 8], 0],
    ['ten within ten minutes', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((age) => age * 1000), 59_000],
    ['ten, the last a minute ago', [1, 2, 3, 4, 5, 6, 7, 8, 9, 9].map((age) => age * MINUTE), 0],
    ['ten within more', [0, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((age) => age * MINUTE), 0],
  ])('the next one, after %s, waits', (_what, ages, ms) => {
    expect(pauseBetweenLogins(ages)).toBe(ms);
  });
});

describe('a refusal that may mean the session', () => {
  const facts: RefusalFacts = {
    ...{ succeeded: false, proven: true, check: 'none', checkSucceeded: false, known: true },
    ...{ suspicions: 0, suspectedFor: Infinity },
  };
  const unproven = { proven: false, known: false };

  it.each<[string, Partial<RefusalFacts>, RefusalRemedy]>([
    ['of what worked in this session', { succeeded: true }, 'log-in'],
    ['of what worked, although refused before', { succeeded: true, refusedFor: 1 }, 'log-in'],
    ['that is known', { refusedFor: 10 * MINUTE - 1 }, 'refused'],
    ['that was known long ago', { refusedFor: 10 * MINUTE, check: 'possible' }, 'check'],
    ['where a read can tell', { check: 'possible' }, 'check'],
    ['where the read works', { check: 'holds' }, 'refused'],
    ['where the read works no more', { check: 'lost', checkSucceeded: true }, 'log-in'],
    ['where the read does not work in a new session', { check: 'lost', proven: false }, 'suspicion'],
    ['where the read tells nothing', { check: 'unclear' }, 'refused'],
    ['where no read can tell', {}, 'suspicion'],
    ['where no read can tell, soon after', { suspectedFor: 10 * MINUTE - 1 }, 'refused'],
    ['where no read can tell, later', { suspectedFor: 10 * MINUTE }, 'suspicion'],
    ['of whatever is asked first', unproven, 'suspicion'],
    ['of all that is asked', { ...unproven, suspicions: 1, suspectedFor: 10 * MINUTE - 1 }, 'refused'],
    ['of all that is asked, later', { ...unproven, suspicions: 1, suspectedFor: 10 * MINUTE }, 'suspicion'],
    ['of all that worked before', { proven: false, suspicions: 1, suspectedFor: MINUTE - 1 }, 'refused'],
    ['of all that worked before, a minute later', { proven: false, suspicions: 1, suspectedFor: MINUTE }, 'suspicion'],
    ['of all that worked before, again', { proven: false, suspicions: 2, suspectedFor: 9 * MINUTE }, 'refused'],
    ['in a session that is doubtful itself', { proven: false, refusedFor: 1 }, 'suspicion'],
  ])('%s', (_what, some, remedy) => {
    expect(remedyForRefusal({ ...facts, ...some })).toBe(remedy);
  });
});

describe('the option "digest"', () => {
  const good = { host: 'nvr', username: 'admin', password: 'x' };

  it.each(['POST:/admin/login', 'GET:/admin/login', 'POST:admin/login'] as const)('takes %s', (digest) => {
    expect(completeOptions({ ...good, digest }).digest).toBe(digest);
  });

  it.each(['', '/admin/login', 'PUT:/login', 'POST:', 'POST:/a b', 'POST:/a\n', 7, `POST:/${'a'.repeat(200)}`])(
    'does not take %j',
    (digest) => {
      expect(() => completeOptions({ ...good, digest: digest as 'POST:/' })).toThrow(
        expect.objectContaining({ code: 'INVALID_PARAMETER', path: 'digest' }),
      );
    },
  );
});
