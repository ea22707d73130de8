import type { ActionView } from '../../../editor/action-view.js';
import { isLiteral } from '../../../editor/requirements.js';
import { t } from '../../../editor/texts.js';
import { wordsFor } from '../../../editor/words.js';
import type { ParameterForm } from '../../../form.js';
import { cellsOf, type Layout, layoutOf, textOfCells, withCells } from './cells.js';
import { fillRow, type Loaded, rowOf } from './load.js';
import { cellElement, paintable, spansOf, type Stroke } from './strokes.js';
import { undoButton } from './week-grid.js';

/**
 * Adds the cells of a camera's motion detection to a row, over what the camera shows: drag to paint. They are there once
 * the NVR has told how many there are.
 *
 * @returns is told what the NVR holds
 */
export function addCellGrid(view: ActionView, parameter: ParameterForm): Loaded {
  const { container } = view;
  const { name } = parameter;
  const line = rowOf(container, name);
  const input = line.find('input[data-parameter]');
  const visual = $('<div class="everfocus-visual">').appendTo(line);
  let show: () => void = () => undefined;
  input.on('change', () => show());
  return (loaded) => {
    const layout = layoutOf(loaded?.settings);
    const told = loaded?.values[name];
    visual.empty();
    show = () => undefined;
    if (!layout || typeof told !== 'string') {
      visual.text(loaded ? t('settings.noCells') : '');
      return;
    }
    show = draw(view, parameter, { visual, layout, told });
    show();
  };
}

interface Drawing {
  readonly visual: JQuery;
  readonly layout: Layout;
  /** As the NVR has them. */
  readonly told: string;
}

/** @returns shows what the row holds */
function draw(view: ActionView, parameter: ParameterForm, { visual, layout, told }: Drawing): () => void {
  const { container } = view;
  const { name } = parameter;
  const { columns, rows, box } = layout;
  const input = rowOf(container, name).find('input[data-parameter]');
  const now = () =>
    cellsOf(input.typedInput('value'), layout) ?? cellsOf(told, layout) ?? Array(columns * rows).fill(false);
  const after = (stroke: Stroke) => withCells(now(), layout, spansOf(stroke), stroke.on);
  const set = (cells: readonly boolean[]) => {
    const text = textOfCells(cells);
    // What is as before is no change.
    fillRow(container, name, text === textOfCells(cellsOf(told, layout) ?? []) ? '' : text);
  };

  const elements = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => cellElement({ row, column }, `${row + 1}/${column + 1}`)),
  );
  const grid = $('<div role="grid" class="everfocus-cells">').attr('aria-label', wordsFor(parameter).title);
  grid.css({
    ...{ left: `${box.left * 100}%`, top: `${box.top * 100}%`, width: `${box.width * 100}%` },
    ...{ height: `${box.height * 100}%`, 'grid-template-columns': `repeat(${columns}, 1fr)` },
  });
  grid.append(elements.map((cells) => $('<div role="row">').append(...cells)));
  const picture = $('<img class="everfocus-picture" alt="">').hide();
  const said = $('<span role="status">');
  const whole = (on: boolean) =>
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .text(on ? t('settings.all') : t('settings.none'))
      .on('click', () => set(now().map(() => on)));
  const undo = undoButton(() => fillRow(container, name, ''));
  visual.append(
    $('<div class="everfocus-camera">').append(picture, grid),
    $('<div class="everfocus-visual-foot">').append(said, whole(true), whole(false), undo),
  );
  showPicture(view, picture, said);

  const render = (stroke?: Stroke) => {
    visual.toggle(input.typedInput('type') === 'literal');
    const cells = stroke ? after(stroke) : now();
    elements.flat().forEach((element, cell) => element.setAttribute('aria-selected', String(cells[cell])));
    undo.prop('hidden', input.typedInput('value') === '');
  };
  paintable({
    ...{ grid, rows, columns, preview: render, commit: (stroke: Stroke) => set(after(stroke)) },
    isOn: ({ row, column }) => now()[row * columns + column] === true,
  });
  return () => render();
}

/** What the camera shows now, below the cells. It is asked for with the rights of the user, as everything is. */
function showPicture({ nvrId, rows }: ActionView, picture: JQuery, said: JQuery): void {
  const channel = rows()['ChannelID'];
  if (!channel || !isLiteral(channel)) return;
  const url = `everfocus-nvr/${encodeURIComponent(nvrId())}/picture/${encodeURIComponent(channel.value)}`;
  $.ajax({ url, xhrFields: { responseType: 'blob' } }).then(
    (blob: unknown) => {
      const address = URL.createObjectURL(blob as Blob);
      picture.one('load error', () => URL.revokeObjectURL(address));
      picture.attr('src', address).show();
    },
    () => void said.text(t('settings.noPicture')),
  );
}
