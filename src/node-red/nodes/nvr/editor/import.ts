import { addNvrs } from '../../../editor/add-nvrs.js';
import { RED } from '../../../editor/red.js';
import { row, t } from '../../../editor/texts.js';
import { readNvrList } from './list.js';

/**
 * Adds *Several at once* to the form of a new NVR: a list, pasted or out of a file, becomes as many configuration nodes.
 * Accounts go where Node-RED keeps them apart, never into the flow.
 */
export function addImport(): void {
  const text = $('<textarea id="everfocus-nvr-list" rows="6" spellcheck="false" autocomplete="off">').attr({
    placeholder: 'name,host,port,https,username,password\nGate,192.168.1.20,80,false,admin,…',
    'aria-label': t('nvr.list'),
  });
  const file = $<HTMLInputElement>('<input type="file" accept=".csv,.txt,.json,text/csv,application/json">').attr(
    'aria-label',
    t('nvr.file'),
  );
  const button = $('<button type="button" class="red-ui-button" id="everfocus-nvr-import">').text(t('nvr.import'));
  const said = $('<div class="everfocus-problems" role="status">');
  const details = $('<details class="everfocus-help" id="everfocus-nvr-several">').append(
    $('<summary>').text(t('nvr.several')),
    $('<div class="everfocus-note">').text(t('nvr.severalNote')),
    text,
    row().append(file, ' ', button),
    said,
  );
  $('#everfocus-nvr-find').parent().before(details);

  file.on('change', () => {
    const [chosen] = file[0]?.files ?? [];
    if (!chosen) return;
    // A file that is too long is refused as a text is.
    void chosen
      .slice(0, 8 * 1024 * 1024)
      .text()
      .then((read) => text.val(read));
  });
  button.on('click', () => {
    const { nvrs, problems } = readNvrList(String(text.val()));
    const lines = problems.map(({ line, key, other }) => t(`nvr.list_${key}`, undefined, { line, other }));
    said.empty().append(lines.map((line) => $('<div>').text(line)));
    if (nvrs.length === 0) {
      if (problems.length === 0) said.text(t('nvr.list_empty'));
      return;
    }
    text.val('');
    const added = addNvrs(nvrs).length;
    RED.notify(t('nvr.imported', undefined, { added, known: nvrs.length - added }), 'success');
    // The form was of yet another one.
    $('#node-config-dialog-cancel').trigger('click');
  });
}
