import type { ActionView } from '../../editor/action-view.js';
import { type CallConfig, callNode } from '../../editor/call-node.js';
import { findAction } from '../../editor/forms.js';
import type { NodeType } from '../../editor/red.js';
import { runButton } from '../../editor/run-button.js';
import { t } from '../../editor/texts.js';
import type { Shape } from '../../../shared/values/index.js';
import { addCellGrid } from './editor/cell-grid.js';
import { encoderOffers } from './editor/encoder.js';
import { addLoadButton, fillRow, type Loaded, rowOf } from './editor/load.js';
import { addWeekGrid } from './editor/week-grid.js';

const isChange = ({ id }: { readonly id: string }) => id.endsWith('.change');

/** Adds the editors that show what they change. */
function addEditors(view: ActionView): void {
  if (!isChange(view.action)) return;
  const told = view.action.parameters.flatMap((parameter): Loaded[] => {
    if ((parameter.schema as Shape).itemNames) return [addWeekGrid(view, parameter)];
    return (parameter.schema as Shape).drawnAs === 'cells' ? [addCellGrid(view, parameter)] : [];
  });
  if (view.action.id === 'VideoEncoderConfiguration.change') told.push(addOffers(view));
  addLoadButton(view, told);
}

/** Below the rows of an encoder, what the camera offers: choices to press, or from where to where. */
function addOffers({ container }: ActionView): Loaded {
  let settings: unknown;
  const codec = rowOf(container, 'Configuration/Encoding').find('input[data-parameter]');
  const show = () => {
    container.find('.everfocus-offer').remove();
    for (const { row, choices, range } of encoderOffers(settings, codec.typedInput('value'))) {
      const offer = $('<div class="everfocus-offer everfocus-note">').text(`${t('settings.offers')} ${range ?? ''}`);
      for (const { label, fills } of choices) {
        $('<button type="button" class="red-ui-button red-ui-button-small">')
          .text(label)
          .on('click', () => Object.entries(fills).forEach(([name, value]) => fillRow(container, name, value)))
          .appendTo(offer.append(' '));
      }
      rowOf(container, row).append(offer);
    }
  };
  // What there is to choose depends on the codec.
  codec.on('change', show);
  return (loaded) => {
    settings = loaded?.settings;
    show();
  };
}

export default {
  ...callNode('settings', {
    paletteLabel: 'NVR settings',
    operation: '',
    words: 'schedule record motion area alarm encoder bitrate mail network time week night configuration',
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
