/** A field of a node's own form, by the property that it holds. */
export const field = (name: string) => $<HTMLInputElement>(`#node-input-${name}`);

/** Fills a `<select>` of a node's own form with values and their texts. */
export function select(name: string, options: readonly (readonly [string, string])[], chosen: string): void {
  field(name).append(options.map(([value, text]) => $('<option>').val(value).text(text)));
  field(name).val(chosen);
}

/** Whether Node-RED puts an environment variable in the place of a text. */
export function isVariable(text: string): boolean {
  return /^\$\{[^}]+\}$/.test(text);
}
