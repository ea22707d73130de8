import { RED } from '../../../editor/red.js';
import { row, t } from '../../../editor/texts.js';
import { addressOf, type ListedNvr, readNvrList } from './list.js';

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
  $('.everfocus-find').before(details);

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
    const added = importNvrs(nvrs);
    RED.notify(t('nvr.imported', undefined, { added, known: nvrs.length - added }), 'success');
    // The form was of yet another one.
    $('#node-config-dialog-cancel').trigger('click');
  });
}

/** @returns how many were not there before */
function importNvrs(listed: readonly ListedNvr[]): number {
  const known = new Set<string>();
  RED.nodes.eachConfig((node) => {
    if (node.type !== 'everfocus-nvr') return;
    const { host = '', port = '', https = false } = node as unknown as Partial<ListedNvr>;
    known.add(addressOf({ host, port, https }));
  });
  const fresh = listed.filter((nvr) => !known.has(addressOf(nvr)));
  const nodes = fresh.map(({ username, password, ...config }) => ({
    ...{ id: RED.nodes.id(), type: 'everfocus-nvr', ...config, version: 1 },
    credentials: { username, password },
  }));
  const dirty = RED.nodes.dirty();
  RED.nodes.import(nodes, { markChanged: true });
  RED.history.push({ t: 'add', nodes: nodes.map(({ id }) => id), dirty });
  const select = $('#node-input-nvr');
  for (const { id, name, host } of nodes) {
    const node = RED.nodes.node(id);
    if (node) RED.editor.validateNode(node);
    $('<option>')
      .val(id)
      .text(name || host)
      .insertBefore(select.find('option').last());
  }
  RED.nodes.dirty(true);
  return nodes.length;
}
