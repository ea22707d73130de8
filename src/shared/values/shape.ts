/** What of a JSON schema is read here: how a value is written by a person, and what its text means. */
export interface Shape {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  /** Titles of what it is a part of, from the outside in. */
  readonly headings?: readonly string[];
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[] | undefined;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly unit?: string;
  /** Name of the file as which a form field travels. */
  readonly upload?: string;
  /** The property of the message that its row reads unless somebody changes it. */
  readonly fromMessage?: string;
  /** The list that the value is picked from. */
  readonly picks?: string;
  /** The time at which the range begins that ends with this one. */
  readonly endOf?: string;
  /** A form that is new begins with the first of that list; other lists count only where they have one entry. */
  readonly beginsWith?: 'first';
  /** Required too where another parameter has one of these values. */
  readonly neededWith?: Readonly<Record<string, readonly unknown[]>>;
  /** Of no use unless another parameter has one of these values. */
  readonly onlyWith?: Readonly<Record<string, readonly unknown[]>>;
  /** What the text stands for, where it is no text for people: the cells of a picture (10.16). */
  readonly drawnAs?: string;
  /** What the items of a list are called, such as the days of a schedule. */
  readonly itemNames?: readonly string[];
  /** Words for the numbers of the wire. */
  readonly words?: Readonly<Record<string, unknown>>;
}

/** Types whose text holds no commas of its own, or rarely enough. */
const plainTypes: readonly unknown[] = ['integer', 'number', 'string', 'boolean'];

/** Whether a list of such values may be written with commas. */
export function isPlain(schema: Shape | undefined): boolean {
  return schema?.enum !== undefined || plainTypes.includes(schema?.type);
}

/** A value as a row would hold it. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Whether a value is a channel, or a list of channels: a camera's name may stand there. */
export function picksCamera({ picks, items }: Shape): boolean {
  return (picks ?? items?.picks) === 'channel';
}
