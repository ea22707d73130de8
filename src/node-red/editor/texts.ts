import { RED } from './red.js';
import { textKey } from '../../shared/values/text-key.js';

const catalogue = 'homebridge-everfocus-nvr/everfocus-nvr';
/** A text of the locale catalogue by its key. */
export function t(key: string, defaultValue = key, values: object = {}): string {
  return RED._(`${catalogue}:${key}`, { defaultValue, ...values });
}

/** A text of the declarations in the editor's language, by the English text; that itself where there is none. */
export function translated(text: string): string {
  return text === '' ? '' : t(`declarations.${textKey(text)}`, text);
}

export function row(): JQuery {
  return $('<div class="form-row everfocus-row">');
}

/** Declarations set names in backticks, which a form does not show. */
export function plain(text: string): string {
  return text.replaceAll('`', '');
}

export function note(text: string): JQuery {
  return $('<div class="everfocus-note">').text(plain(text));
}

export function labelled(text: string, field: JQuery): JQuery {
  return row().append($('<label>').text(text), ' ', field);
}
