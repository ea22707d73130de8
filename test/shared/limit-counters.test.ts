import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

describe('the table of limits', () => {
  const root = join(import.meta.dirname, '../../src');
  const source = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('shared/limits.ts'))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  /** By the purpose of a child: `limits[`${purpose}Child`]`, its fields taken out by name. */
  const forChild = (section: string, name: string) =>
    section.endsWith('Child') &&
    source.includes(`'${section.replace('Child', '')}'`) &&
    new RegExp(
      `limits\\[\`\\$\\{purpose\\}Child\`\\]\\.${name}\\b|\\b${name}\\b[^;]*= limits\\[\`\\$\\{purpose\\}Child\`\\]`,
    ).test(source);
  const isUsed = (section: string, name: string) =>
    new RegExp(`\\blimits\\.${section}\\.${name}\\b`).test(source) ||
    // Handed over by name, and looked up by `sizeOf`.
    source.includes(`'${section}.${name}'`) ||
    new RegExp(`\\{[^}]*\\b${name}\\b[^}]*\\} = limits\\.${section}\\b`).test(source) ||
    forChild(section, name);

  it('holds nothing that nobody enforces', () => {
    const all = Object.entries(limits).flatMap(([section, entries]) =>
      Object.keys(entries).map((name) => [section, name] as const),
    );
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter(([section, name]) => !isUsed(section, name))).toEqual([]);
    expect(isUsed('hook', 'nothing')).toBe(false);
  });
});
