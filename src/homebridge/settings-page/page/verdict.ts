import type { Events, Verdict } from '../protocol.js';
import { button, el } from './dom.js';
import { inWords } from './verdict-words.js';
import { t } from './words.js';

/** Settings to change, and what to call it. */
type Mend = readonly [text: string, changes: Readonly<Record<string, unknown>>];

/** Shows a verdict with its remedy. @param mend changes settings, and tests again */
export function showVerdict(place: HTMLElement, verdict: Verdict, mend: (changes: Mend[1]) => void): void {
  const { found, remedy } = inWords(verdict);
  const kind = verdict.is === 'good' || verdict.is === 'restricted' ? verdict.is : 'bad';
  const mends = mendsOf(verdict).map(([text, changes]) => button(text, 'btn-primary me-2 my-1', () => mend(changes)));
  const trusted =
    verdict.is === 'certificate' && verdict.trusted !== undefined && t`Trusted so far: ${verdict.trusted}`;
  place.replaceChildren(
    el(
      'div',
      { className: `verdict-${kind} mt-2` },
      el('strong', {}, ...byPairs(found)),
      trusted && el('div', {}, ...byPairs(trusted)),
      remedy !== undefined && el('div', {}, ...byPairs(remedy)),
      ...mends,
    ),
  );
}

/** A text whose fingerprint, if it has one, goes on in another line between two pairs of digits only. */
function byPairs(text: string): readonly (string | Node)[] {
  return text.split(/(?<=\b[\dA-F]{2}:)/).flatMap((part) => [part, el('wbr')]);
}

const MARKS = { good: '✓', warning: '!', bad: '✗', skipped: '–' } as const;

/** One finding of the doctor's, with its remedy. */
export function showFinding({ check, verdict, said }: Events['finding']['finding']): HTMLElement {
  return el(
    'div',
    { className: `finding finding-${verdict} mt-1` },
    el('span', { className: 'sign', textContent: MARKS[verdict] }),
    el('strong', { textContent: ` ${t(check)} ` }),
    t(said.finding),
    said.remedy && el('div', { className: 'form-text mt-0 ps-4', textContent: t(said.remedy) }),
  );
}

function mendsOf(verdict: Verdict): readonly Mend[] {
  switch (verdict.is) {
    case 'closed':
      return verdict.open.map((port) => {
        const https = port % 1000 === 443;
        return [https ? t`Use port ${port} with HTTPS` : t`Use port ${port}`, { port, https: https || undefined }];
      });
    case 'tls':
      return [[t`Use HTTPS`, { https: true }]];
    case 'no-tls':
      return [[t`Do without HTTPS`, { https: undefined, port: undefined }]];
    case 'good':
    case 'certificate':
      return verdict.fingerprint === undefined
        ? []
        : [[t`Trust this certificate only`, { fingerprint: verdict.fingerprint }]];
    default:
      return [];
  }
}
