import type { Captured, Finding } from '../../../admin/looks.js';
import { failureText, postJson } from '../../../editor/ask.js';
import { t } from '../../../editor/texts.js';

const signs = { good: '✓', warning: '!', bad: '✗', skipped: '–' } as const;

/**
 * Makes *Examine* and *Capture* work: a look at everything of the NVR, and how it answers, for a report of a fault. One at a
 * time; the same button ends it.
 *
 * @param typed what is in the form
 */
export function addLooks(place: JQuery, typed: () => object): void {
  let running: JQuery.jqXHR | undefined;
  const prepare = (name: 'examine' | 'capture', show: (answer: never) => JQuery[]) => {
    const button = $(`#everfocus-nvr-${name}`).text(t(`nvr.${name}`));
    const other = $(`#everfocus-nvr-${name === 'examine' ? 'capture' : 'examine'}`);
    button.on('click', () => {
      if (running) return void running.abort();
      place.attr('class', 'everfocus-result').text(t(`nvr.${name}Running`));
      button.text(t('nvr.stop'));
      other.prop('disabled', true);
      const asked = postJson<never>(`everfocus-nvr/${name}`, typed());
      running = asked;
      void asked
        .then(
          (answer) => void place.empty().append(show(answer)),
          (failure: unknown) => {
            if ((failure as JQuery.jqXHR).statusText === 'abort') place.empty();
            else place.addClass('everfocus-bad').text(failureText(failure));
          },
        )
        .always(() => {
          running = undefined;
          button.text(t(`nvr.${name}`));
          other.prop('disabled', false);
        });
    });
  };
  prepare('examine', (findings: readonly Finding[]) => findings.map(showFinding));
  prepare('capture', (captured: Captured) => showCapture(captured, () => void place.empty()));
  // Nobody sees the answer any more.
  place.on('remove', () => void running?.abort());
}

function showFinding({ check, verdict, finding, remedy }: Finding): JQuery {
  const line = $('<div>').addClass(`everfocus-finding everfocus-finding-${verdict}`);
  line.append($('<span>').text(signs[verdict]), $('<b>').text(` ${check} `), document.createTextNode(finding));
  return remedy === undefined ? line : line.append($('<div class="everfocus-note">').text(remedy));
}

/** What is in it, all of it if wanted, and a button that saves it where the browser saves files. */
function showCapture({ file, text, contents }: Captured, done: () => void): JQuery[] {
  const { operations, unanswered, sockets, replaced, leftOut } = contents;
  const isLive = ({ path }: { readonly path: string }) => path.startsWith('/live/');
  const messages = sockets.reduce((sum, socket) => sum + (isLive(socket) ? 0 : socket.messages), 0);
  const lines = [
    t('nvr.captureAnswers', undefined, { operations, unanswered }),
    t('nvr.captureMessages', undefined, { messages, streams: sockets.filter(isLive).length }),
    t('nvr.captureReplaced', undefined, {
      what: Object.entries(replaced)
        .map(([what, count]) => `${count} ${what}`)
        .join(', '),
    }),
    t('nvr.captureLeftOut', undefined, { what: leftOut.join('; ') }),
  ];
  const save = $('<button type="button" class="red-ui-button" id="everfocus-nvr-save">')
    .text(t('nvr.save', undefined, { file }))
    .on('click', () => {
      const href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
      $('<a>').attr({ href, download: file })[0]?.click();
      URL.revokeObjectURL(href);
    });
  const discard = $('<button type="button" class="red-ui-button">').text(t('nvr.discard')).on('click', done);
  const whole = $('<details>').append(
    $('<summary>').text(t('nvr.allOfIt', undefined, { kib: Math.ceil(text.length / 1024) })),
  );
  // Some hundred kB or more: only for who wants to see it.
  whole.one('toggle', () => void whole.append($('<textarea class="everfocus-capture" readonly rows="12">').val(text)));
  return [
    $('<div>').text(t('nvr.captureLook')),
    $('<ul>').append(lines.map((line) => $('<li>').text(line))),
    whole,
    $('<div class="everfocus-buttons">').append(save, ' ', discard),
  ];
}
