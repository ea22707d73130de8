import type { Found } from '../../../admin/discovery.js';
import { failureText, postJson } from '../../../editor/ask.js';
import { t } from '../../../editor/texts.js';

type Device = Found['devices'][number];

/** Where the form has what was found. */
interface Form {
  readonly field: (name: string) => JQuery<HTMLInputElement>;
  /** Not typed yet: a search begins by itself, and what is found alone is filled in. */
  readonly isNew: boolean;
}

/**
 * Has *Find* search the networks of the server for NVRs, and those that answer offered. Whoever answers is believed
 * nothing: address and model are shown before a password is typed.
 */
export function prepareFind({ field, isNew }: Form): void {
  const button = $('#everfocus-nvr-find').append($('<i class="fa fa-search">'), ` ${t('nvr.find')}`);
  const said = $('<div role="status">');
  const list = $('<div class="everfocus-chips" role="group">').attr('aria-label', t('nvr.find'));
  $('#everfocus-nvr-found').append(said, list);

  const fill = ({ address, port }: Device) => {
    field('host').val(address).trigger('change');
    field('https').prop('checked', false).trigger('change');
    field('port')
      .val(port === 80 ? '' : port)
      .trigger('change');
    field('fingerprint').val('').trigger('change');
  };
  const offer = (device: Device) =>
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .text(textOf(device))
      .on('click', () => {
        fill(device);
        field('password').trigger('focus');
      });
  const find = () => {
    button.prop('disabled', true);
    said.text(t('nvr.finding'));
    list.empty();
    postJson<Found>('everfocus-nvr/discover', {}).then(
      ({ devices, problems }) => {
        button.prop('disabled', false);
        const [only, other] = devices;
        // What a person began to type stays.
        if (isNew && only && !other && field('host').val() === '') {
          fill(only);
          return void said.text(t('nvr.foundOne', undefined, { nvr: textOf(only) }));
        }
        said.text([devices.length > 0 ? t('nvr.found') : t('nvr.nothingFound'), ...problems].join(' '));
        list.append(devices.map(offer));
      },
      (failure: unknown) => {
        button.prop('disabled', false);
        said.text(failureText(failure));
      },
    );
  };
  button.on('click', find);
  if (isNew) find();
}

/** "ENR-9016 (Office), 192.168.1.20" */
function textOf({ model, name, address, port }: Device): string {
  const named = model && name ? `${model} (${name})` : (model ?? name);
  return [named, port === 80 ? address : `${address}:${port}`].filter(Boolean).join(', ');
}
