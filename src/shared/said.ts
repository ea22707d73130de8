/** What is said, taken apart, so that who shows it may say it in another language. Plain data. */
export interface Said {
  /** The English text, with `{0}`, `{1}` … where its values are: what a translation is found by. */
  readonly code: string;
  /** Names, numbers and whatever else is the same in every language, and what is said within. */
  readonly values: readonly (string | Said)[];
}

type Value = string | number | Said;

/** Takes a text apart: say`port ${port} is open`; a long one without values is say('…' + '…'). */
export function say(text: string | TemplateStringsArray, ...values: readonly Value[]): Said {
  if (typeof text === 'string') return { code: text, values: [] };
  const code = text.reduce((whole, part, index) => `${whole}{${index - 1}}${part}`);
  return { code, values: values.map((value) => (typeof value === 'number' ? String(value) : value)) };
}

/** What has no translation, such as the words of a device or of an error. */
export function verbatim(text: string): Said {
  return { code: '{0}', values: [text] };
}

/** Several, one after the other. */
export function listed(all: readonly Value[], separator = ', '): Said {
  return {
    code: all.map((_, index) => `{${index}}`).join(separator),
    values: all.map((value) => (typeof value === 'number' ? String(value) : value)),
  };
}

/** The same with other texts. @param change of each text; a code keeps the marks of its values */
export function changed({ code, values }: Said, change: (text: string, isCode: boolean) => string): Said {
  return {
    code: change(code, true),
    values: values.map((value) => (typeof value === 'string' ? change(value, false) : changed(value, change))),
  };
}

/** As it is in English. */
export function inEnglish({ code, values }: Said): string {
  return code.replace(/\{(\d+)\}/g, (mark, index: string) => {
    const value = values[Number(index)];
    return value === undefined ? mark : typeof value === 'string' ? value : inEnglish(value);
  });
}
