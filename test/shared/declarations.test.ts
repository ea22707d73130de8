import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Response } from 'undici';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { judgeReply } from '../../src/shared/wire/reply.js';
import { buildRequest } from '../../src/shared/wire/request.js';
import { InvalidParameterError } from '../../src/shared/errors.js';
import type { Operation } from '../../src/shared/sdk/declaration.js';
import { operations, sockets } from '../../src/shared/sdk/index.js';
import { alwaysSent, parametersOf } from '../../src/shared/sdk/parameters.js';
import { readRequest } from '../../packages/simulator/src/api/read-request.js';
import { operationsAt } from '../../packages/simulator/src/api/routes.js';
import { arbitraryOf } from '../support/arbitrary.js';

const all = Object.values<Operation>(operations);
const withDocument = all.filter(({ reply }) => 'schema' in reply);

/** Parameters that an operation takes. */
function parametersArbitrary(operation: Operation): fc.Arbitrary<Record<string, unknown>> {
  const parameters = parametersOf(operation);
  return fc.record(Object.fromEntries(parameters.map(({ name, schema }) => [name, arbitraryOf(schema)])), {
    requiredKeys: parameters.filter(({ required }) => required).map(({ name }) => name),
  });
}

/** A request as the simulator gets it. */
async function received(operation: Operation, params: Record<string, unknown>) {
  const { method, path, headers = {}, body } = buildRequest(operation, params);
  const { pathname, searchParams } = new URL(path, 'http://nvr');
  const sent = typeof body === 'object' ? new Response(body) : undefined;
  return readRequest(operationsAt(method, pathname), {
    query: searchParams,
    body: sent ? Buffer.from(await sent.arrayBuffer()) : Buffer.from((body as string | undefined) ?? ''),
    contentType: sent?.headers.get('content-type') ?? headers['content-type'] ?? '',
  });
}

function verdictOn(operation: Operation, document: unknown) {
  const whole = operation.reply.as === 'result' ? { Result: document } : document;
  return judgeReply(operation, { status: 200, body: Buffer.from(JSON.stringify(whole)) });
}

describe.each(all)('$section $id', (operation) => {
  it('says what it is', () => {
    for (const { name, schema } of parametersOf(operation)) {
      expect({ name, ...schema }).toMatchObject({
        title: expect.stringMatching(/./),
        description: expect.stringMatching(/./),
      });
    }
    expect(operation.title).toMatch(/^[A-Z0-9].*[^.]$/);
    expect(operation.description).toMatch(/\.$/);
  });

  it('travels: the simulator reads the same operation and parameters from the request', async () => {
    const property = fc.asyncProperty(parametersArbitrary(operation), async (params) => {
      // What its schema allows may still contradict itself: said before anything is sent.
      if (operation.check?.(params as never)) {
        expect(() => buildRequest(operation, params)).toThrow(InvalidParameterError);
        return;
      }
      const { route, params: read } = await received(operation, params);
      expect(route.id).toBe(operation.id);
      expect(read).toEqual({ ...sentAnyway(operation), ...params });
    });
    await fc.assert(property, { numRuns: 50 });
  });
});

/** What travels where the caller says nothing. */
function sentAnyway(operation: Operation): object {
  const parameters = parametersOf(operation).map(({ name, schema }) => [name, alwaysSent(schema)] as const);
  return Object.fromEntries(parameters.filter(([, value]) => value !== undefined));
}

describe.each(withDocument)('the reply of $section $id', (operation) => {
  const reply = operation.reply as { schema: TSchema; failures?: (value: never) => readonly string[] };
  const { schema } = reply;
  // A reply that reports failures is an error, and has tests of its own.
  const replies = arbitraryOf(schema).filter((value) => (reply.failures?.(value as never) ?? []).length === 0);

  it('comes back as it was sent', () => {
    fc.assert(
      fc.property(replies, (value) => {
        expect(verdictOn(operation, value)).toEqual({
          is: 'value',
          value: JSON.parse(JSON.stringify(value)),
          drift: [],
        });
      }),
      { numRuns: 50 },
    );
  });

  it('is understood from a device that writes everything as text', () => {
    fc.assert(
      fc.property(replies, (value) => {
        const verdict = verdictOn(operation, asText(value));
        expect(verdict.is).toBe('value');
        expect([...Value.Errors(schema, 'value' in verdict && verdict.value)]).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('is a value of the declared shape, or one verdict, whatever was done to it', () => {
    const junk = fc.oneof(
      fc.anything({ maxDepth: 2, withNullPrototype: false }),
      fc.constantFrom(null, '', [], {}, 'on', '0x1'),
    );
    const mutated = fc.tuple(replies, fc.array(fc.tuple(fc.nat(), junk), { minLength: 1, maxLength: 4 }));
    fc.assert(
      fc.property(mutated, ([value, changes]) => {
        const document = changes.reduce<unknown>((part, [at, other]) => replacedAt(part, at, other), value);
        const verdict = verdictOn(operation, document ?? null);
        if (verdict.is === 'value') expect([...Value.Errors(schema, verdict.value)]).toEqual([]);
        else expect(['invalid', 'refused', 'no-session', 'web-page']).toContain(verdict.is);
      }),
      { numRuns: 100 },
    );
  });
});

it('every id is unique, and named as the table names it', () => {
  for (const [id, operation] of Object.entries<Operation>(operations)) expect(operation.id).toBe(id);
  for (const [id, socket] of Object.entries(sockets)) expect(socket.id).toBe(id);
});

/** The same document from a device that knows text only; a list of one comes bare. */
function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asText(member)]));
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** The document with its n-th part (counted through, from 0 at the root) replaced. */
function replacedAt(value: unknown, at: number, other: unknown): unknown {
  let left = at % countOf(value);
  const visit = (part: unknown): unknown => {
    if (left-- === 0) return other;
    if (Array.isArray(part)) return part.map(visit);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([name, member]) => [name, visit(member)]));
  };
  return visit(value);
}

function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, member) => sum + countOf(member), 1);
}
