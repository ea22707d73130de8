import { noNvr, typedFirstNvr } from './first-nvr.js';
import { isDeployed, RED } from './red.js';
import { t } from './texts.js';

/** Something to be asked of an NVR, which may be deployed or only in the editor. */
export interface Question<T> {
  /** Is another where the same would be asked of another NVR. */
  readonly key: string;
  readonly send: () => JQuery.jqXHR<T>;
}

/** What the server answers in place of an answer. */
interface Failure {
  readonly responseJSON?: { readonly code?: string; readonly message?: string };
  readonly statusText?: string;
}

/** A question to the NVR of that id; `undefined` where the editor has none. @param body what is posted with it */
export function questionTo<T>(
  id: string,
  path: string,
  query: Readonly<Record<string, string>> = {},
  body?: object,
): Question<T> | undefined {
  const rest = `${path}?${$.param(query)}`;
  const first = id === noNvr ? typedFirstNvr() : undefined;
  if (first) return typedQuestion({ ...first, id: '' }, rest, body);
  const node = RED.nodes.node(id);
  if (!node) return undefined;
  if (!isDeployed(id)) return typedQuestion({ ...typedOf(node), id }, rest, body);
  const url = `everfocus-nvr/${encodeURIComponent(id)}/${rest}`;
  return { key: url, send: () => (body ? postJson<T>(url, body) : $.getJSON(url)) };
}

function typedQuestion<T>(nvr: object, rest: string, body: object = {}): Question<T> {
  const url = `everfocus-nvr/typed/${rest}`;
  return { key: `${url} ${JSON.stringify(nvr)}`, send: () => postJson<T>(url, { ...body, nvr }) };
}

/** An NVR as its form was closed. What was typed as password is kept here until it is deployed. */
function typedOf(node: Readonly<Record<string, unknown>>): object {
  const { host, port, https, fingerprint, credentials } = node;
  return { host, port, https, fingerprint, ...(credentials as { username?: string; password?: string } | undefined) };
}

export function postJson<T>(url: string, body: object): JQuery.jqXHR<T> {
  return $.ajax({ url, method: 'POST', contentType: 'application/json', data: JSON.stringify(body) });
}

/** Codes of what the NVR could not be asked: the form, the flow or who asks has to change first. */
const notAsked = ['INVALID_PARAMETER', 'NOT_CONFIGURED', 'UNKNOWN_NVR', 'AMBIGUOUS_NVR', 'NEWER_VERSION', 'ERROR'];

/** Why there is no answer, with its code. */
export function failureText(failure: unknown): string {
  const { responseJSON, statusText } = failure as Failure;
  const { code = 'ERROR', message = statusText } = responseJSON ?? {};
  const why = responseJSON && notAsked.includes(code) ? t('form.notAsked') : t('form.noAnswer');
  return `${why} ${code}: ${message ?? ''}`;
}
