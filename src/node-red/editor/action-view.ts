import type { ActionForm } from '../form.js';
import type { Rows } from '../rows/row.js';

/** The form of one action as it stands there. */
export interface ActionView {
  readonly action: ActionForm;
  /** Holds the rows. */
  readonly container: JQuery;
  readonly nvrId: () => string;
  /** What the form holds now. */
  readonly rows: () => Rows;
}
