import type { Forms, FormsDocument, PartOf } from '../form.js';

/** The forms, put together of what the runtime serves. Parts that stand in several places are one object. */
export function wholeForms({ forms, parts }: FormsDocument): Forms {
  const whole: unknown[] = [];
  const unpack = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(unpack);
    if ('$part' in value) return whole[(value as PartOf).$part];
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, unpack(field)]));
  };
  for (const part of parts) whole.push(unpack(part));
  return unpack(forms) as Forms;
}
