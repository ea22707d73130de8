import { addressOf, type ListedNvr } from '../../../editor/add-nvrs.js';
import { isVariable } from '../../../editor/fields.js';

/** What is wrong, by the key of its text. Nothing of the list is in it: it has passwords. */
export interface ListProblem {
  /** Line of a text, or number of an entry of JSON; from 1. */
  readonly line: number;
  readonly key:
    | 'columns'
    | 'fields'
    | 'noHost'
    | 'host'
    | 'port'
    | 'https'
    | 'fingerprint'
    | 'long'
    | 'twice'
    | 'quote'
    | 'json'
    | 'many';
  /** The line that has the same, or what is the most. */
  readonly other?: number;
}

export interface NvrList {
  readonly nvrs: readonly ListedNvr[];
  readonly problems: readonly ListProblem[];
}

const columns = ['name', 'host', 'port', 'https', 'fingerprint', 'username', 'password'] as const;
type Column = (typeof columns)[number];
/** What else people call them. */
const synonyms: Readonly<Record<string, Column>> = {
  ...{ address: 'host', ip: 'host', user: 'username', login: 'username', site: 'name', certificate: 'fingerprint' },
};

/** UTF-16 units of a list: 1,000 NVRs have some 100,000. */
const LONGEST_LIST = 1024 * 1024;
/** NVRs of one list. */
const MOST = 1000;
/** UTF-16 units of a field, as the server takes it. */
const LONGEST = 1024;
/** Problems that are told: who has more has another file. */
const TOLD = 20;

interface Entry {
  readonly line: number;
  readonly fields: Partial<Record<Column, string>>;
}

class Wrong extends Error {
  constructor(readonly problem: ListProblem) {
    super(problem.key);
  }
}

/** Reads a list of NVRs: CSV whose first line names its columns, or JSON, a list of objects with such fields. */
export function readNvrList(text: string): NvrList {
  try {
    if (text.length > LONGEST_LIST) throw new Wrong({ line: 1, key: 'long' });
    const entries = /^\s*[[{]/.test(text) ? jsonEntries(text) : csvEntries(text);
    if (entries.length > MOST) throw new Wrong({ line: entries[MOST]?.line ?? 0, key: 'many', other: MOST });
    return checked(entries);
  } catch (error) {
    if (error instanceof Wrong) return { nvrs: [], problems: [error.problem] };
    throw error;
  }
}

function checked(entries: readonly Entry[]): NvrList {
  const problems: ListProblem[] = [];
  const nvrs: ListedNvr[] = [];
  const seen = new Map<string, number>();
  for (const { line, fields } of entries) {
    const problem = problemOf(fields);
    const nvr = nvrOf(fields);
    const keys = [addressOf(nvr), ...(nvr.name === '' ? [] : [`name ${nvr.name.toLowerCase()}`])];
    const other = keys.map((key) => seen.get(key)).find((each) => each !== undefined);
    for (const key of keys) seen.set(key, line);
    if (problem) problems.push({ line, key: problem });
    else if (other !== undefined) problems.push({ line, key: 'twice', other });
    else nvrs.push(nvr);
  }
  return { nvrs: problems.length > 0 ? [] : nvrs, problems: problems.slice(0, TOLD) };
}

function problemOf(fields: Entry['fields']): ListProblem['key'] | undefined {
  const { host = '', port = '', https = '', fingerprint = '' } = fields;
  if (Object.values(fields).some((value) => value.length > LONGEST)) return 'long';
  if (host === '') return 'noHost';
  // A URL is no host, and has perhaps a password in it.
  if (!isVariable(host) && /[\s/@,;]/.test(host)) return 'host';
  if (!isVariable(port) && port !== '' && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535))
    return 'port';
  if (yesOrNo(https) === undefined) return 'https';
  return fingerprint === '' || isVariable(fingerprint) || /^([0-9a-f]{2}:?){32}$/i.test(fingerprint)
    ? undefined
    : 'fingerprint';
}

function nvrOf(fields: Entry['fields']): ListedNvr {
  const { name = '', host = '', port = '', https = '', fingerprint = '', username = '', password = '' } = fields;
  return { name, host, port, https: yesOrNo(https) === true, fingerprint, username, password };
}

function yesOrNo(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (['true', 'yes', 'on', '1', 'https', 'x'].includes(word)) return true;
  return ['', 'false', 'no', 'off', '0', 'http'].includes(word) ? false : undefined;
}

function columnOf(title: unknown): Column | undefined {
  const word = typeof title === 'string' ? title.trim().toLowerCase() : '';
  return columns.find((column) => column === word) ?? (Object.hasOwn(synonyms, word) ? synonyms[word] : undefined);
}

/** @throws Wrong */
function jsonEntries(text: string): Entry[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new Wrong({ line: 1, key: 'json' });
  }
  if (!Array.isArray(list)) throw new Wrong({ line: 1, key: 'json' });
  return list.map((item: unknown, index) => {
    const line = index + 1;
    if (typeof item !== 'object' || item === null || Array.isArray(item)) throw new Wrong({ line, key: 'json' });
    const fields: Entry['fields'] = {};
    for (const [title, value] of Object.entries(item)) {
      const column = columnOf(title);
      if (!column) throw new Wrong({ line, key: 'columns' });
      if (!['string', 'number', 'boolean'].includes(typeof value)) throw new Wrong({ line, key: 'json' });
      fields[column] = column === 'password' ? String(value) : String(value).trim();
    }
    return { line, fields };
  });
}

/** @throws Wrong */
function csvEntries(text: string): Entry[] {
  const first = text.replace(/^\uFEFF/, '').trimStart();
  const [titles = ''] = first.split('\n', 1);
  const separator = [';', '\t'].find((sign) => titles.includes(sign)) ?? ',';
  const [header, ...rows] = csvRows(text.replace(/^\uFEFF/, ''), separator);
  const named = header?.cells.map(columnOf) ?? [];
  if (!named.includes('host') || named.includes(undefined) || new Set(named).size < named.length) {
    throw new Wrong({ line: header?.line ?? 1, key: 'columns' });
  }
  return rows.map(({ line, cells }) => {
    if (cells.length > named.length) throw new Wrong({ line, key: 'fields' });
    const fields: Entry['fields'] = {};
    cells.forEach((cell, index) => {
      const column = named[index];
      // A password may begin or end with blanks where it is quoted; elsewhere nobody means them.
      if (column) fields[column] = column === 'password' ? cell : cell.trim();
    });
    return { line, fields };
  });
}

interface Row {
  readonly line: number;
  readonly cells: string[];
}

/** Rows of a CSV text (RFC 4180) that are not empty. @throws Wrong */
function csvRows(text: string, separator: string): Row[] {
  const rows: Row[] = [];
  let line = 1;
  let row: Row = { line, cells: [] };
  let at = 0;
  const end = () => {
    if (row.cells.some((cell) => cell.trim() !== '')) rows.push(row);
    if (rows.length > MOST + 1) throw new Wrong({ line: row.line, key: 'many', other: MOST });
  };
  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') {
      const begun = line;
      cell = '';
      for (at += 1; ; at += 1) {
        if (at >= text.length) throw new Wrong({ line: begun, key: 'quote' });
        if (text[at] === '"' && text[at + 1] === '"') at += 1;
        else if (text[at] === '"') break;
        else if (text[at] === '\n') line += 1;
        cell += text.charAt(at);
      }
      at += 1;
      if (at < text.length && text[at] !== separator && !'\r\n'.includes(text[at] ?? ''))
        throw new Wrong({ line, key: 'quote' });
    } else {
      const from = at;
      while (at < text.length && text[at] !== separator && text[at] !== '\n') at += 1;
      cell = text.slice(from, at).replace(/\r$/, '');
    }
    row.cells.push(cell);
    if (text[at] === '\r') at += 1;
    if (text[at] === separator) {
      at += 1;
      if (at >= text.length) row.cells.push('');
      continue;
    }
    at += 1;
    line += 1;
    end();
    row = { line, cells: [] };
  }
  end();
  return rows;
}
