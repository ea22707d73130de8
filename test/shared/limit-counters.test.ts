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

  /** Limits whose end nobody else sees: what was asked for is refused by a coded error, or only our own memory is kept small. */
  const SILENT: Readonly<Record<string, string>> = {
    'json.drift': 'remarks on one document, of which one is logged',
    'hook.window': 'goes with hook.work',
    'hook.share': 'goes with hook.work',
    'hook.perSecond': 'goes with hook.burst',
    'hook.types': 'suggestions for forms: the oldest is forgotten',
    'text.name': 'a text is cut, and shows it',
    'text.word': 'a text is cut, and shows it',
    'text.words': 'a text is cut, and shows it',
    'text.line': 'a text is cut, and shows it',
    'nvr.channel': 'a number out of its range is told as drift',
    'session.requests': 'our own memory: the oldest is forgotten',
    'session.refusals': 'our own memory: the oldest is forgotten',
    'kept.warnings': 'our own memory',
    'discovery.answer': 'belongs to no NVR: anybody may answer, and is passed over',
    'discovery.macs': 'what an NVR says of itself is cut',
    'phone.sound': 'such a packet is passed over like any that is not of the phone',
    'picture.decoded': 'a choice: of a longer group of pictures the keyframe will do',
    'feed.overhead': 'goes with feed.bytes',
    'timeShift.length': 'bounds what a caller may ask for',
    'clip.least': 'goes with clip.perSecond',
    'clip.allocation': 'ffmpeg refuses it: the caller is told by CONVERSION_FAILED',
    'clip.index': 'goes with clip.allocation',
    'clip.largestIndex': 'goes with clip.allocation',
    'talk.waiting': 'the caller is refused by BUSY',
    'child.owners': 'our own memory',
    'child.complaint': 'a text is cut',
    'snapshot.smallest': 'told as snapshot.largest: a size that nobody has',
    'store.file': 'the caller is refused by STORE_FAILED',
    'editor.field': 'the browser is told',
    'flow.sound': 'the flow is told',
    'editor.row': 'the browser is told',
    'editor.askedCameras': 'a list for the browser that is cut',
    'editor.choices': 'a pick list that is cut',
    'editor.testsOfUser': 'the browser is refused by BUSY',
    'editor.tests': 'the browser is refused by BUSY',
    'editor.picturesOfUser': 'the browser is refused by BUSY',
    'editor.pictures': 'the browser is refused by BUSY',
    'editor.readsOfUser': 'the browser is refused by BUSY',
    'editor.reads': 'the browser is refused by BUSY',
    'editor.typedNvrs': 'the browser is refused by BUSY',
    'editor.runsOfUser': 'the browser is refused by BUSY',
    'editor.runs': 'the browser is refused by BUSY',
    'editor.searchesOfUser': 'the browser is refused by BUSY',
    'editor.searches': 'the browser is refused by BUSY',
    'editor.run': 'the browser is told',
    'editor.shownText': 'the tree in the browser ends with …',
    'editor.shown': 'the tree in the browser ends with …',
    'editor.shownOfOne': 'the tree in the browser ends with …',
    'editor.shownDepth': 'the tree in the browser ends with …',
    'flow.clips': 'the flow is refused by BUSY',
    'viewer.usual': 'a setting of the node; the browser is refused by BUSY',
    'viewer.most': 'a setting of the node that is too large is told',
    'viewer.caughtUp': 'goes with viewer.waiting',
    'broker.packetsPerSecond': 'goes with broker.packets',
    'capture.secrets': 'our own memory: what comes then is replaced all the same, each time anew',
    'capture.telling': 'our own memory: what is known as a secret is replaced wherever a declaration does not keep it',
    'capture.kept': 'goes with capture.telling',
    'capture.depth': 'what is nested deeper is replaced as if nothing were known of it',
    'capture.bundle': 'a file that is refused, which is told',
    'capture.values': 'a file that is refused, which is told',
    'bridge.file': 'a fault of the configuration, which is told',
    'bridge.values': 'a fault of the configuration, which is told',
    'bridge.password': 'a fault of the configuration, which is told',
    'bridge.pem': 'a fault of the configuration, which is told',
    'bridge.nvrs': 'a fault of the configuration, which is told',
    'bridge.faults': 'a list of faults that is cut',
    'bridge.left': 'what is beyond is cleared by a later start, or stays with the broker',
    'bridge.clearing': 'a list that is cut: the rest stays with the broker',
    'log.problems': 'how many more there are is told',
  };

  it('tells of every limit that is hit, or there is a reason why not', () => {
    const all = Object.entries(limits).flatMap(([section, entries]) =>
      Object.keys(entries).map((name) => [section, name] as const),
    );
    const isTold = (section: string, name: string) =>
      source.includes(`'${section}.${name}'`) ||
      (section.endsWith('Child') && source.includes('`${purpose}Child.' + name + '`'));
    const untold = all.filter(([section, name]) => !isTold(section, name)).map((names) => names.join('.'));
    expect(untold.sort()).toEqual(Object.keys(SILENT).sort());
  });

  it('holds nothing that nobody enforces', () => {
    const all = Object.entries(limits).flatMap(([section, entries]) =>
      Object.keys(entries).map((name) => [section, name] as const),
    );
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter(([section, name]) => !isUsed(section, name))).toEqual([]);
    expect(isUsed('hook', 'nothing')).toBe(false);
  });
});
