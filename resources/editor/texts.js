/** A text of the locale catalogue; texts that come from the declarations fall back to the declaration. */
export function t(key, defaultValue, values) {
  return RED._(`homebridge-everfocus-nvr/everfocus-nvr:${key}`, { defaultValue: defaultValue ?? key, ...values });
}

export function row() {
  return $('<div class="form-row everfocus-row">');
}

/** Declarations set names in backticks, which a form does not show. */
export function plain(text) {
  return text.replaceAll('`', '');
}

export function note(text) {
  return $('<div class="everfocus-note">').text(plain(text));
}

export function labelled(text, field) {
  return row().append($('<label>').text(text), ' ', field);
}
