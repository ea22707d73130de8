import { choicesFrom } from './choices.js';
import { field } from './fields.js';
import { note } from './texts.js';

/** The cameras of the chosen NVR as buttons for a form's one camera, or why they are not known. */
export function showCameraButtons(container: JQuery): void {
  const show = () => {
    const say = (text: string) => void (text !== '' && container.empty().append(note(text).attr('role', 'status')));
    const nvrId = () => String(field('nvr').val());
    choicesFrom({ nvrId, list: 'channel', isList: false, say })('', (choices) => {
      if (choices.length === 0) return;
      const buttons = choices.map(({ value, label }) =>
        $('<button type="button" class="red-ui-button red-ui-button-small">')
          .text(label)
          .attr('data-value', value)
          .on(
            'click',
            () =>
              void field('camera')
                .val(field('camera').val() === value ? '' : value)
                .trigger('change'),
          ),
      );
      const mark = () => {
        for (const button of buttons)
          button.attr('aria-pressed', String(button.attr('data-value') === field('camera').val()));
      };
      container.empty().append(buttons);
      field('camera').off('.everfocus').on('change.everfocus input.everfocus', mark);
      mark();
    });
  };
  field('nvr').on('change', show);
  show();
}
