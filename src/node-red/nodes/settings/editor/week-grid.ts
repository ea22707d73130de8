import type { ActionView } from '../../../editor/action-view.js';
import { RED } from '../../../editor/red.js';
import { t } from '../../../editor/texts.js';
import { wordsFor } from '../../../editor/words.js';
import type { ParameterForm } from '../../../form.js';
import type { Shape } from '../../../../shared/values/index.js';
import { fillRow, type Loaded, rowOf } from './load.js';
import { cellElement, paintable, spansOf, type Stroke } from './strokes.js';
import { asWeek, lineOf, painted, rangesOf, readWeek, SLOTS, timeOf, type Week, writeWeek } from './week.js';

/** Days as they are shown, Monday first: the week-end stands together, and one stroke paints it. */
const ORDER = [1, 2, 3, 4, 5, 6, 0];

/**
 * Adds a week of half-hours to a row: drag to paint, the name of a day fills or clears it. What it changes stands in the
 * row as a patch of those days.
 *
 * @returns is told what the NVR holds
 */
export function addWeekGrid({ container }: ActionView, parameter: ParameterForm): Loaded {
  const { name, schema } = parameter;
  const { itemNames: names = [] } = schema as Shape;
  const line = rowOf(container, name);
  const input = line.find('input[data-parameter]');
  let base: Week | undefined;

  const patch = () => readWeek(input.typedInput('value'), names);
  const after = (stroke: Stroke) => {
    const { rows, columns } = spansOf(stroke);
    return painted({ names, base, patch: patch() }, ORDER.slice(...rows), columns, stroke.on);
  };
  const commit = (stroke: Stroke) => fillRow(container, name, writeWeek(after(stroke), names));
  const lineAt = (row: number) => lineOf(ORDER[row] ?? 0, names, base, patch());

  const days = ORDER.map((day, row) => {
    const cells = Array.from({ length: SLOTS }, (_, column) =>
      cellElement({ row, column }, `${dayName(day, 'long')} ${timeOf(column)}`),
    );
    const button = $('<button type="button" class="everfocus-day">').text(dayName(day, 'short'));
    button.on('click', () => {
      const on = lineAt(row) !== '+'.repeat(SLOTS);
      commit({ from: { row, column: 0 }, to: { row, column: SLOTS - 1 }, on });
    });
    const header = $('<div role="rowheader">').append(button);
    return { day, button, cells, element: $('<div role="row">').append(header, ...cells) };
  });
  const grid = $('<div role="grid" class="everfocus-week">').attr('aria-label', wordsFor(parameter).title);
  grid.append(hours(), ...days.map(({ element }) => element));
  const hint = $('<span role="status">');
  const undo = undoButton(() => fillRow(container, name, ''));
  const foot = $('<div class="everfocus-visual-foot">').append(hint, undo);
  line.append($('<div class="everfocus-visual">').append(grid, foot));
  line.find('.everfocus-example, .everfocus-note:not([role])').remove();

  const render = (stroke?: Stroke) => {
    line.find('.everfocus-visual').toggle(input.typedInput('type') === 'literal');
    const changes = stroke ? after(stroke) : patch();
    for (const { day, button, cells, element } of days) {
      const text = lineOf(day, names, base, changes);
      element.toggleClass('everfocus-changed', changes[names[day] ?? ''] !== undefined);
      const covered = text === undefined ? t('settings.unknown') : rangesOf(text) || t('settings.never');
      button.attr({ title: covered, 'aria-label': `${dayName(day, 'long')}: ${covered}` });
      cells.forEach((cell, slot) => {
        cell.setAttribute('aria-selected', String(text?.[slot] === '+'));
        cell.classList.toggle('everfocus-unknown', text === undefined);
      });
    }
    undo.prop('hidden', Object.keys(changes).length === 0);
    if (!stroke) return;
    const [from, to] = spansOf(stroke).columns;
    hint.text(`${stroke.on ? '+' : '−'} ${timeOf(from)}–${timeOf(to)}`);
  };
  paintable({
    ...{ grid, rows: ORDER.length, columns: SLOTS, preview: render, commit },
    isOn: ({ row, column }) => lineAt(row)?.[column] === '+',
  });
  input.on('change', () => render());
  render();
  return (loaded) => {
    base = asWeek(loaded?.values[name]);
    render();
  };
}

/** Empties the row: nothing is to change. */
export function undoButton(empty: () => void): JQuery {
  const button = $('<button type="button" class="red-ui-button red-ui-button-small">');
  return button.text(t('settings.undo')).on('click', empty);
}

function hours(): JQuery {
  const labels = Array.from({ length: 8 }, (_, index) => $('<span>').text(timeOf(index * 6).slice(0, 2)));
  return $('<div class="everfocus-hours" aria-hidden="true">').append(labels);
}

/** 1 January 2023 was a Sunday. The page of the editor is marked as English whatever it shows. */
function dayName(day: number, weekday: 'short' | 'long'): string {
  const names = new Intl.DateTimeFormat(RED.i18n.lang(), { weekday, timeZone: 'UTC' });
  return names.format(Date.UTC(2023, 0, 1 + day));
}
