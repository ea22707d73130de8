/** The texts of one language, by their keys. */
export type Texts = Readonly<Record<string, string>>;

/** The languages that there are, by the begin of what a browser calls them. */
export type Languages = Readonly<Record<'en' | 'de' | 'zh', Texts>>;

/** A text by its key, with values put in. */
export type Text = (key: string, values?: Readonly<Record<string, string>>) => string;

/** @param wanted as the browser tells them, the best first */
export function textsIn(languages: Languages, wanted: readonly string[]): Text {
  const known = wanted
    .map((language) => language.slice(0, 2).toLowerCase())
    .find((name) => Object.hasOwn(languages, name));
  const texts = languages[(known ?? 'en') as keyof Languages];
  return (key, values = {}) =>
    Object.entries(values).reduce((text, [name, value]) => text.replace(`__${name}__`, value), texts[key] ?? key);
}

/** The first that is a language: a browser may tell what is none (`en-US@posix`). */
export function localeOf(wanted: readonly string[]): string {
  return wanted.find(isLocale) ?? 'en';
}

function isLocale(name: string): boolean {
  try {
    return Intl.getCanonicalLocales(name).length > 0;
  } catch {
    return false;
  }
}
