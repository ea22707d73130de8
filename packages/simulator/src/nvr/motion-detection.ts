/** Motion detection of one stream. */
export interface MotionDetection {
  readonly switch: boolean;
  /** % */
  readonly sensitivity: number;
  /** One bit for each cell, as hexadecimal bytes. */
  readonly cellSettings: string;
}

/** The grid of every simulated camera that has one, over the whole picture (-1 to 1 in both directions). */
export const CELL_LAYOUT = {
  columns: 22,
  rows: 18,
  transformation: { translate: { x: -1, y: -1 }, scale: { x: 2 / 22, y: 2 / 18 } },
} as const;

/** 22 × 18 cells are four bits short of 50 bytes. */
export const ALL_CELLS = `${'FF'.repeat(49)}F0`;

export const INITIAL_MOTION: MotionDetection = { switch: true, sensitivity: 50, cellSettings: ALL_CELLS };

/** Every fourth camera lacks the analytics module: only its switch can be set. */
export function hasAnalytics(channel: number): boolean {
  return channel % 4 !== 0;
}

/** Whether that is a bit for each cell, and zeros after the last. */
export function fitsLayout(cellSettings: string): boolean {
  return cellSettings.length === ALL_CELLS.length && cellSettings.endsWith('0');
}
