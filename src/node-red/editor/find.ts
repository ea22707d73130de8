import type { Found } from '../admin/discovery.js';
import { failureText, postJson } from './ask.js';
import { hostOf } from './first-nvr.js';
import { t } from './texts.js';

type Device = Found['devices'][number];

/** Where a form has what was found. */
interface FindForm {
  readonly button: JQuery;
  readonly place: JQuery;
  /** Nothing is typed yet: what is found alone is filled in. */
  readonly isFree: () => boolean;
  readonly fill: (device: Device) => void;
  readonly password: JQuery;
}

/** The search that is under way: one form may open another. */
let running: PromiseLike<Found> | undefined;

/**
 * Has *Find* search the networks of the server for NVRs, and those that answer offered. Whoever answers is believed
 * nothing: address and model are shown before a password is typed.
 *
 * @returns begins a search
 */
export function prepareFind({ button, place, isFree, fill, password }: FindForm): () => void {
  button.append($('<i class="fa fa-search">'), ` ${t('nvr.find')}`);
  const said = $('<div role="status">');
  const list = $('<div class="everfocus-chips" role="group">').attr('aria-label', t('nvr.find'));
  place.append(said, list);

  const offer = (device: Device) =>
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .text(textOf(device))
      .on('click', () => {
        fill(device);
        password.trigger('focus');
      });
  const ended = () => {
    running = undefined;
    button.prop('disabled', false);
  };
  const find = () => {
    button.prop('disabled', true);
    said.text(t('nvr.finding'));
    list.empty();
    running ??= postJson<Found>('everfocus-nvr/discover', {});
    running.then(
      ({ devices, problems }) => {
        ended();
        const [only, other] = devices;
        // What a person began to type stays.
        if (only && !other && isFree()) {
          fill(only);
          return void said.text(t('nvr.foundOne', undefined, { nvr: textOf(only) }));
        }
        said.text([devices.length > 0 ? t('nvr.found') : t('nvr.nothingFound'), ...problems].join(' '));
        list.append(devices.map(offer));
      },
      (failure: unknown) => {
        ended();
        said.text(failureText(failure));
      },
    );
  };
  button.on('click', find);
  return find;
}

/** "ENR-9016 (Office), 192.168.1.20" */
function textOf({ model, name, address, port }: Device): string {
  const named = model && name ? `${model} (${name})` : (model ?? name);
  return [named, hostOf({ address, port })].filter(Boolean).join(', ');
}
