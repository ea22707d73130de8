/* What a declaration says of a value that is written into a form. Knows nothing of the page. */

const plainTypes = ['integer', 'number', 'string', 'boolean'];

/** The texts to choose from, where the declaration lists them. */
export function optionsOf({ type, enum: options, anyOf, const: constant }) {
  if (options) return options.map(String);
  if (type === 'boolean') return ['true', 'false'];
  if (constant !== undefined) return [String(constant)];
  const alternatives = anyOf?.map(optionsOf);
  return alternatives?.every(Boolean) ? [...new Set(alternatives.flat())] : undefined;
}

/** How a value is written: `choice`, `number`, `text`, `lines` (text of several), `list` (of plain values), or `json`. */
export function kindOf(schema) {
  const { type, items, pattern = '', upload, anyOf } = schema;
  if (optionsOf(schema)) return 'choice';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string') return upload || pattern.startsWith('-----BEGIN') ? 'lines' : 'text';
  if (type === 'array' && isPlain(items)) return 'list';
  return anyOf?.every(isPlain) ? 'text' : 'json';
}

function isPlain(schema) {
  return schema?.enum !== undefined || plainTypes.includes(schema?.type);
}

/** Whether a literal can be what the declaration asks for; the runtime checks it fully. */
export function isLiteralValid({ schema, required }, text) {
  return text === '' ? !required : fits(schema, text);
}

function fits(schema, text) {
  const options = optionsOf(schema);
  if (options) return options.includes(text);
  if (schema.anyOf) return schema.anyOf.some((alternative) => fits(alternative, text));
  const { type, items } = schema;
  switch (kindOf(schema)) {
    case 'number': {
      const number = Number(text);
      const isNumber = type === 'integer' ? Number.isInteger(number) : Number.isFinite(number);
      return text.trim() !== '' && isNumber && !(number < schema.minimum) && !(number > schema.maximum);
    }
    case 'list':
      if (!text.trimStart().startsWith('[')) return text.split(',').every((item) => fits(items, item.trim()));
      break;
    case 'text':
    case 'lines':
      return textFits(schema, text === '""' ? '' : text);
  }
  return isJson(text, type);
}

function textFits({ pattern, minLength, maxLength }, text) {
  return (
    !(text.length < minLength) &&
    !(text.length > maxLength) &&
    (pattern === undefined || new RegExp(pattern).test(text))
  );
}

function isJson(text, type) {
  try {
    const value = JSON.parse(text);
    if (type === 'array') return Array.isArray(value);
    return type !== 'object' || (typeof value === 'object' && value !== null && !Array.isArray(value));
  } catch {
    return false;
  }
}
