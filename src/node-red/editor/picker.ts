import type { ActionForm } from '../form.js';
import { byMessage, descriptionOf, titleOf } from './forms.js';
import { t, translated } from './texts.js';
import { wordsFor } from './words.js';

/** The domain of what is no operation of the SDK document comes last. */
const lastDomain = 'raw';

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly needsConfirmation: boolean;
  /** What a search looks through. */
  readonly words: string;
}

interface Group {
  readonly label: string;
  readonly entries: readonly Entry[];
}

/** The entries of a picker in groups, both in the order of their names. */
function groupsOf(actions: readonly ActionForm[]): readonly Group[] {
  const domains = [...new Set(actions.map(({ domain }) => domain))];
  const groups = domains.map((domain) => {
    const label = t(`domains.${domain}`, domain);
    const entries = actions.filter((action) => action.domain === domain).map((action) => entryOf(action, label));
    entries.sort((one, other) => one.title.localeCompare(other.title));
    return { label, entries, last: Number(domain === lastDomain) };
  });
  groups.sort((one, other) => one.last - other.last || one.label.localeCompare(other.label));
  const messages = { id: byMessage().id, title: t('form.byMessage'), needsConfirmation: false, words: '' };
  return [{ label: '', entries: [messages] }, ...groups];
}

function titleOfRow(parameter: ActionForm['parameters'][number]): string {
  return wordsFor(parameter).title;
}

function entryOf(action: ActionForm, group: string): Entry {
  const { id, section = '', needsConfirmation, keywords = '' } = action;
  const title = titleOf(action);
  // In English too: that is what the document has, and what others write about it.
  const english = [action.title, action.description, action.domain, action.words ?? '', keywords];
  const spoken = [translated(action.words ?? ''), ...(keywords === '' ? [] : action.parameters.map(titleOfRow))];
  const words = [title, id, group, section, descriptionOf(action), ...spoken, ...english].join(' ').toLowerCase();
  return { id, title, needsConfirmation, words };
}

/** The groups with the entries that every word of a search occurs in, and the entry that Enter takes. */
function search(groups: readonly Group[], text: string): { found: readonly Group[]; best: string | undefined } {
  const begun = text.trim().toLowerCase();
  const words = begun.split(/\s+/);
  const isIn = (haystack: string) => words.every((word) => haystack.toLowerCase().includes(word));
  const found = groups
    .map(({ label, entries }) => ({ label, entries: entries.filter((entry) => isIn(entry.words || entry.title)) }))
    .filter(({ entries }) => entries.length > 0);
  const all = found.flatMap(({ entries }) => entries);
  const begins = ({ title, id }: Entry) => [title, id].some((name) => name.toLowerCase().startsWith(begun));
  return { found, best: (all.find(begins) ?? all.find(({ title, id }) => isIn(`${title} ${id}`)) ?? all[0])?.id };
}

function optionElement({ id, title, needsConfirmation }: Entry): JQuery {
  const option = $('<div role="option" class="everfocus-option">').attr({
    'data-id': id,
    id: `everfocus-option-${id}`,
  });
  option.append($('<span>').text(title));
  if (needsConfirmation) option.append($('<i class="fa fa-exclamation-triangle">').attr('title', t('form.canHarm')));
  return option.append($('<code>').text(id));
}

/**
 * A field that searches the operations: type a part of a name, or pick from the list.
 *
 * @param picked is told the id of what was picked
 */
export function picker(actions: readonly ActionForm[], selected: string, picked: (id: string) => void): JQuery {
  const groups = groupsOf(actions);
  const titles = new Map(groups.flatMap(({ entries }) => entries.map(({ id, title }) => [id, title])));
  const list = $('<div role="listbox" id="everfocus-operations" class="everfocus-list">').hide();
  const input = $('<input type="text" id="everfocus-operation" role="combobox" autocomplete="off" spellcheck="false">');
  input.attr({
    'aria-label': t('form.operation'),
    'aria-controls': 'everfocus-operations',
    'aria-expanded': 'false',
    placeholder: t('form.search'),
  });
  let current = selected;

  const show = () => input.val(titles.get(current) ?? current).attr('data-operation', current);
  const options = () => list.find('[role=option]');
  const activate = (option: JQuery) => {
    options().removeAttr('aria-selected');
    option.attr('aria-selected', 'true');
    input.attr('aria-activedescendant', option.attr('id') ?? '');
    option[0]?.scrollIntoView({ block: 'nearest' });
  };
  const open = (text: string) => {
    const { found, best } = search(groups, text);
    list.empty().show();
    for (const { label, entries } of found) {
      if (label !== '') list.append($('<div class="everfocus-group">').text(label));
      list.append(entries.map(optionElement));
    }
    if (found.length === 0) list.append($('<div class="everfocus-group">').text(t('form.nothingFound')));
    input.attr('aria-expanded', 'true');
    const first = options().filter((_, option) => $(option).attr('data-id') === (text === '' ? current : best));
    list.scrollTop(0);
    list.scrollTop((first.position()?.top ?? 0) - (list.height() ?? 0) / 2);
    activate(first);
  };
  const close = () => {
    list.hide();
    input.attr({ 'aria-expanded': 'false', 'aria-activedescendant': '' });
    show();
  };
  const pick = (option: JQuery) => {
    const id = option.attr('data-id');
    if (id !== undefined) current = id;
    close();
    if (id !== undefined) picked(id);
  };
  const move = (step: number) => {
    if (!list.is(':visible')) return open('');
    const all = options();
    const next = all.index(all.filter('[aria-selected]')) + step;
    activate(all.eq(Math.max(0, Math.min(all.length - 1, next))));
  };

  // Who only comes past by keyboard does not get a list in the way of the next row.
  input.on('focus', () => void input.trigger('select'));
  input.on('click', () => {
    if (list.is(':visible')) return;
    input.trigger('select');
    open('');
  });
  input.on('input', () => open(String(input.val())));
  input.on('blur', close);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => pick(options().filter('[aria-selected]')),
    Escape: close,
  };
  input.on('keydown', (event) => {
    const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (!act || (event.key !== 'ArrowDown' && !list.is(':visible'))) return;
    // The form has its own use for these keys.
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  // Before the field loses the focus, which would close the list.
  list.on('mousedown', (event) => {
    event.preventDefault();
    const option = $(event.target).closest('[role=option]');
    if (option.length > 0) pick(option);
  });
  show();
  return $('<div class="everfocus-picker">').append(input, list);
}
