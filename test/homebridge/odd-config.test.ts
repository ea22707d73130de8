import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import type { API, Logging } from 'homebridge';
import { EverFocusPlatform } from '../../src/homebridge/platform.js';
import { limits } from '../../src/shared/limits.js';

const folder = mkdtempSync(join(tmpdir(), 'odd-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('names and keys without end, and such that would forge lines, are short in the log', () => {
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text);
  const logger = { info: line, warn: line, error: line, debug: line } as unknown as Logging;
  const long = `Gate\n[1/1/2026] forged\u001b[31m${'x'.repeat(1_000_000)}`;
  const nvrs = [
    { name: long, host: 5 },
    { name: 'House', host: '127.0.0.1', username: 'admin', password: 'p', [long]: 1 },
  ];
  const api = Object.assign(new EventEmitter(), { user: { storagePath: () => folder } }) as unknown as API;
  new EverFocusPlatform(logger, { platform: 'EverFocusNVR', nvrs }, api);
  expect(lines.length).toBeGreaterThanOrEqual(4);
  // eslint-disable-next-line no-control-regex
  expect(lines.filter((text) => text.length > 2000 || /[\0-\x1f]/.test(text))).toEqual([]);
  expect(lines.join()).toContain('NVR 1 "Gate');
});

it('thousands of mistakes fill no log: the first of a kind are told, and how many more there are', () => {
  const lines: [level: string, text: string][] = [];
  const line = (level: string) => (text: string) => void lines.push([level, text]);
  const logger = Object.fromEntries(['info', 'warn', 'error', 'debug'].map((level) => [level, line(level)]));
  const usable = { host: '127.0.0.1', username: 'admin', password: 'p' };
  const nvrs = [
    ...Array.from({ length: 5000 }, (_, index) => ({ ...usable, host: index })),
    ...Array.from({ length: 21 }, (_, index) => ({ ...usable, port: 81 + index, surplus: 1 })),
  ];
  const api = Object.assign(new EventEmitter(), { user: { storagePath: () => folder } }) as unknown as API;
  new EverFocusPlatform(logger as unknown as Logging, { platform: 'EverFocusNVR', nvrs }, api);
  const [errors, warnings] = ['error', 'warn'].map((each) =>
    lines.flatMap(([level, text]) => (level === each ? text : [])),
  );
  expect(errors).toHaveLength(limits.log.problems + 1);
  expect(errors?.[0]).toMatch(/^Configuration: NVR 1, Address \(nvrs\[0\]\.host\) /);
  expect(errors?.at(-1)).toBe('Configuration: and 4980 more, which are told once these are mended');
  expect(warnings).toHaveLength(limits.log.problems + 1);
  expect(warnings?.at(-1)).toBe('Configuration: and 1 more, which are told once these are mended');
});
