import type { CapturedNvr } from '../protocol.js';
import { button, el } from './dom.js';
import { t } from './words.js';

/** Shows what is in a capture, all of it if wanted, and saves it where the browser saves files. */
export function showCapture({ file, text, contents }: CapturedNvr, done: () => void): HTMLElement {
  const save = button(t`Save ${file}`, 'btn-primary me-2 my-1', () => {
    const href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    el('a', { href, download: file }).click();
    URL.revokeObjectURL(href);
  });
  const whole = el('details', { className: 'my-2' }, el('summary', { textContent: t`All of it` }));
  // Some hundred kB or more: only for who wants to see it.
  const show = () => whole.append(el('textarea', { className: 'form-control', readOnly: true, rows: 16, value: text }));
  whole.addEventListener('toggle', show, { once: true });
  return el(
    'div',
    { className: 'capture mt-2' },
    el('div', { textContent: t`Have a look at it before you save it, and again before you give it away.` }),
    ...contents.flatMap(({ head, lines }) => [
      el('strong', { textContent: t(head) }),
      el('ul', { className: 'mb-1' }, ...lines.map((line) => el('li', { textContent: t(line) }))),
    ]),
    whole,
    save,
    button(t`Throw away`, 'btn-elegant', done),
  );
}
