/** A cell of a grid, as it is shown. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** What is painted, or would be: a rectangle between two cells, switched on or off. */
export interface Stroke {
  readonly from: Cell;
  readonly to: Cell;
  readonly on: boolean;
}

/** A grid whose cells are `gridcell`s with `data-row` and `data-column`. */
export interface Painting {
  readonly grid: JQuery;
  readonly rows: number;
  readonly columns: number;
  readonly isOn: (cell: Cell) => boolean;
  /** What is being painted; `undefined` where the stroke was given up. */
  readonly preview: (stroke: Stroke | undefined) => void;
  readonly commit: (stroke: Stroke) => void;
}

/** From the first to behind the last. */
export type Span = readonly [number, number];

/** Rows and columns that a stroke covers. */
export function spansOf({ from, to }: Stroke): { readonly rows: Span; readonly columns: Span } {
  const span = (one: number, other: number): Span => [Math.min(one, other), Math.max(one, other) + 1];
  return { rows: span(from.row, to.row), columns: span(from.column, to.column) };
}

/** Where a key leads from a cell; `undefined` where it leads nowhere. */
export function moved({ row, column }: Cell, key: string, { rows, columns }: Pick<Painting, 'rows' | 'columns'>) {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    Home: [0, -columns],
    End: [0, columns],
  };
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  const within = (place: number, count: number) => Math.max(0, Math.min(count - 1, place));
  return step && { row: within(row + step[0], rows), column: within(column + step[1], columns) };
}

/**
 * Has a grid painted: by mouse, pen and finger in one stroke, by keyboard with arrows, Space and Shift. The first cell says
 * whether it switches on or off.
 */
export function paintable(painting: Painting): void {
  const { grid, isOn, preview, commit } = painting;
  let stroke: Stroke | undefined;

  const focus = ({ row, column }: Cell) => {
    grid.find('[role=gridcell][tabindex="0"]').attr('tabindex', -1);
    grid.find(`[data-row="${row}"][data-column="${column}"]`).attr('tabindex', 0).trigger('focus');
  };
  const change = (next: Stroke | undefined) => {
    stroke = next;
    preview(next);
  };

  grid.on('pointerdown', '[role=gridcell]', (event) => {
    const cell = cellOf(event.currentTarget);
    if (!cell || event.button !== 0) return;
    event.preventDefault();
    grid[0]?.setPointerCapture((event.originalEvent as PointerEvent).pointerId);
    focus(cell);
    change({ from: cell, to: cell, on: !isOn(cell) });
  });
  grid.on('pointermove', ({ clientX = 0, clientY = 0 }) => {
    if (!stroke) return;
    const below = document.elementFromPoint(clientX, clientY);
    const cell = grid[0]?.contains(below) ? cellOf(below) : undefined;
    if (cell && (cell.row !== stroke.to.row || cell.column !== stroke.to.column)) change({ ...stroke, to: cell });
  });
  grid.on('pointerup pointercancel', ({ type }) => {
    const done = stroke;
    change(undefined);
    if (done && type === 'pointerup') commit(done);
  });
  grid.on('keydown', '[role=gridcell]', (event) => {
    const cell = cellOf(event.currentTarget);
    if (!cell) return;
    const next = moved(cell, event.key, painting);
    if (next) {
      if (event.shiftKey) commit({ from: cell, to: next, on: isOn(cell) });
      focus(next);
    } else if (event.key === ' ' || event.key === 'Enter') commit({ from: cell, to: cell, on: !isOn(cell) });
    else return;
    // The editor has its own use for these keys.
    event.preventDefault();
    event.stopPropagation();
  });
}

/** A cell of the grid; the first one is where Tab arrives. */
export function cellElement({ row, column }: Cell, label: string): HTMLElement {
  const cell = document.createElement('div');
  cell.setAttribute('role', 'gridcell');
  cell.setAttribute('aria-label', label);
  cell.dataset['row'] = String(row);
  cell.dataset['column'] = String(column);
  cell.tabIndex = row === 0 && column === 0 ? 0 : -1;
  return cell;
}

function cellOf(element: unknown): Cell | undefined {
  const { row, column } = (element as HTMLElement | null)?.dataset ?? {};
  return row === undefined || column === undefined ? undefined : { row: Number(row), column: Number(column) };
}
