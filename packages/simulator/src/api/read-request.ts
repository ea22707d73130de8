import type { TObject } from 'typebox';
import type { Operation } from '../../../../src/shared/sdk/declaration.js';
import { constantsOf, travelsAsText } from '../../../../src/shared/sdk/parameters.js';
import { Refusal } from '../nvr/refusal.js';
import { checkFields, checkValue } from './check.js';

type Fields = Readonly<Record<string, unknown>>;

/** What a request carries. */
export interface Carried {
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly contentType: string;
}

/**
 * Which of the operations at its path a request means, and the caller's parameters in it.
 *
 * @throws {@link Refusal} where it is not exactly what the document says
 */
export async function readRequest<R extends { readonly operation: Operation }>(
  routes: readonly R[],
  carried: Carried,
): Promise<{ route: R; params: Fields }> {
  const route = routes.length === 1 ? routes[0] : routes.find(({ operation }) => means(operation, carried));
  if (!route) throw new Refusal('the body names none of the commands that live here');
  const { operation } = route;
  const query = checkFields(operation.query, carried.query);
  const body = await readBody(operation, query, carried);
  for (const name of Object.keys(query)) {
    if (name in body && body[name] !== query[name]) throw new Refusal(`${name}: query and body differ`);
  }
  const params = { ...query, ...body };
  const misfit = operation.check?.(params as never);
  if (misfit) throw new Refusal(`${misfit.path}: ${misfit.problem}`);
  return { route, params };
}

/** Whether the constants of that operation stand in the body. */
function means(operation: Operation, { body }: Carried): boolean {
  const value = parse(body);
  return (
    isFields(value) && Object.entries(constantsOf(operation)).every(([name, constant]) => value[name] === constant)
  );
}

async function readBody(operation: Operation, query: Fields, carried: Carried): Promise<Fields> {
  const { body: schema, repeated } = operation;
  if (repeated !== undefined) return readRepeated(repeated, query, parse(carried.body));
  if (!schema) {
    if (carried.body.length > 0) throw new Refusal('the operation takes no body');
    return {};
  }
  const sent = operation.bodyEncoding === 'multipart' ? await readForm(carried) : parse(carried.body);
  if (!('properties' in schema)) {
    checkValue(schema, sent);
    return { body: sent };
  }
  const fields = isFields(sent) ? withNumbers(schema as TObject, sent) : sent;
  checkValue(schema, fields);
  return parametersIn(operation, fields as Fields);
}

/** 9.7 wants the same in query and body. */
function readRepeated(name: string, query: Fields, body: unknown): Fields {
  if (!Array.isArray(body) || body.length !== 1 || body[0] !== query[name]) {
    throw new Refusal(`the body must be a list of one, the ${name} of the query`);
  }
  return {};
}

async function readForm({ body, contentType }: Carried): Promise<Fields> {
  if (!contentType.startsWith('multipart/form-data')) throw new Refusal('the body is no multipart/form-data');
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    const entries = [...form.entries()].map(async ([name, value]) => [
      name,
      typeof value === 'string' ? value : await value.text(),
    ]);
    return Object.fromEntries(await Promise.all(entries)) as Fields;
  } catch {
    throw new Refusal('the body is no multipart/form-data');
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Refusal('the body is no JSON');
  }
}

/** Numbers that travel as text (9.11). */
function withNumbers(schema: TObject, fields: Fields): Fields {
  const entries = Object.entries(fields).map(([name, value]) => {
    const field = schema.properties[name];
    if (!field || !travelsAsText(field)) return [name, value];
    if (typeof value !== 'string' || !/^-?\d+$/.test(value)) throw new Refusal(`${name}: must be a number as text`);
    return [name, Number(value)];
  });
  return Object.fromEntries(entries) as Fields;
}

function parametersIn(operation: Operation, body: Fields): Fields {
  const { renamed = {}, nested } = operation;
  const constants = constantsOf(operation);
  return Object.fromEntries(
    Object.entries(body)
      .filter(([name]) => !Object.hasOwn(constants, name))
      .flatMap(([name, value]) =>
        name === nested && isFields(value) ? Object.entries(value) : [[renamed[name] ?? name, value]],
      ),
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
