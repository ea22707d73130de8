import type { Events, Verdict } from '../protocol.js';
import { button, el } from './dom.js';
import { inWords, t } from './words.js';

/** Settings to change, and what to call it. */
type Mend = readonly [text: string, changes: Readonly<Record<string, unknown>>];

/** Shows a verdict with its remedy. @param mend changes settings, and tests again */
export function showVerdict(place: HTMLElement, verdict: Verdict, mend: (changes: Mend[1]) => void): void {
  const { found, remedy } = inWords(verdict);
  const kind = verdict.is === 'good' || verdict.is === 'restricted' ? verdict.is : 'bad';
  const mends = mendsOf(verdict).map(([text, changes]) => button(text, 'btn-primary me-2', () => mend(changes)));
  const trusted = verdict.is === 'certificate' && verdict.trusted !== undefined && t.trusted(verdict.trusted);
  place.replaceChildren(
    el(
      'div',
      { className: `verdict-${kind} mt-2` },
      el('strong', { textContent: found }),
      trusted && el('div', { textContent: trusted }),
      remedy !== undefined && el('div', { textContent: remedy }),
      ...mends,
    ),
  );
}

const MARKS = { good: '✓', warning: '!', bad: '✗', skipped: '–' } as const;

/** One finding of the doctor's, with its remedy. */
export function showFinding({ check, verdict, finding, remedy }: Events['finding']['finding']): HTMLElement {
  return el(
    'div',
    { className: `finding finding-${verdict} mt-1` },
    el('span', { className: 'sign', textContent: MARKS[verdict] }),
    el('strong', { textContent: ` ${check} ` }),
    finding,
    remedy !== undefined && el('div', { className: 'form-text mt-0 ps-4', textContent: remedy }),
  );
}

function mendsOf(verdict: Verdict): readonly Mend[] {
  switch (verdict.is) {
    case 'closed':
      return verdict.open.map((port) => {
        const https = port % 1000 === 443;
        return [t.use(port, https), { port, https: https || undefined }];
      });
    case 'tls':
      return [[t.useHttps, { https: true }]];
    case 'no-tls':
      return [[t.useHttp, { https: undefined, port: undefined }]];
    case 'good':
    case 'certificate':
      return verdict.fingerprint === undefined ? [] : [[t.trust, { fingerprint: verdict.fingerprint }]];
    default:
      return [];
  }
}
