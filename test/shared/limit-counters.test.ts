import { describe, expect, it } from '@jest/globals';
import { FirstTimes, LimitCounters } from '../../src/shared/limit-counters.js';
import { limits } from '../../src/shared/limits.js';
import { silentLogger } from '../../src/shared/logger.js';

describe('limit counters', () => {
  it('log a limit once and count it from then on', () => {
    const lines: string[] = [];
    const counters = new LimitCounters({ ...silentLogger, warn: (line) => lines.push(line) });
    counters.hit('reply.list', 'getLogs', 'its reply\nis refused');
    counters.hit('reply.list', 'eventSearch', 'its reply is refused', 4);
    counters.hit('cookie.count', 'login', 'a cookie is passed over');

    const first = `getLogs: its reply is refused (limit reply.list: ${limits.reply.list})`;
    expect(lines).toEqual([
      `${first}; further ones are counted only`,
      'login: a cookie is passed over (limit cookie.count: 16); further ones are counted only',
    ]);
    expect(counters.hits).toEqual([
      { limit: 'reply.list', count: 5, first },
      expect.objectContaining({ limit: 'cookie.count', count: 1 }),
    ]);
  });
});

describe('first times', () => {
  it('are told once each, and no more than can be kept', () => {
    const times = new FirstTimes();
    expect(times.isFirst('a')).toBe(true);
    expect(times.isFirst('a')).toBe(false);
    const told = Array.from({ length: 10_000 }, (_, index) => times.isFirst(`${index} ${'x'.repeat(100_000)}`));
    expect(told.filter(Boolean)).toHaveLength(limits.kept.warnings - 1);
  });
});
