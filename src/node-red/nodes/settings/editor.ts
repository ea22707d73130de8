import { type ActionView, type CallConfig, callNode } from '../../editor/call-node.js';
import { findAction } from '../../editor/forms.js';
import type { NodeType } from '../../editor/red.js';
import { runButton } from '../../editor/run-button.js';
import { t } from '../../editor/texts.js';
import type { Shape } from '../../../shared/values/index.js';
import { addCellGrid } from './editor/cell-grid.js';
import { addLoadButton, type Loaded } from './editor/load.js';
import { addWeekGrid } from './editor/week-grid.js';

const isChange = ({ id }: { readonly id: string }) => id.endsWith('.change');

/** Adds the editors that show what they change. */
function addEditors(view: ActionView): void {
  if (!isChange(view.action)) return;
  const told = view.action.parameters.flatMap((parameter): Loaded[] => {
    if ((parameter.schema as Shape).itemNames) return [addWeekGrid(view, parameter)];
    return (parameter.schema as Shape).drawnAs === 'cells' ? [addCellGrid(view, parameter)] : [];
  });
  addLoadButton(view, told);
}

export default {
  ...callNode('settings', {
    paletteLabel: 'NVR settings',
    operation: '',
    empty: (action) => (isChange(action) ? t('settings.unchanged') : undefined),
    shown: addEditors,
  }),
  button: {
    ...runButton,
    // What can lock out or destroy is not done by a slip of the hand.
    visible() {
      return findAction(this.type, this.operation)?.needsConfirmation === false;
    },
  },
} satisfies NodeType<CallConfig>;
