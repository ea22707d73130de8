import { RED } from './red.js';

/** A text of the locale catalogue; texts that come from the declarations fall back to the declaration. */
export function t(key: string, defaultValue = key, values: object = {}): string {
  return RED._(`homebridge-everfocus-nvr/everfocus-nvr:${key}`, { defaultValue, ...values });
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
