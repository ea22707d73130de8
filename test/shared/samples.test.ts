import { describe, expect, it } from '@jest/globals';
import { judgeReply } from '../../src/shared/wire/reply.js';
import { buildRequest, type WireRequest } from '../../src/shared/wire/request.js';
import type { Operation } from '../../src/shared/sdk/declaration.js';
import { operations } from '../../src/shared/sdk/index.js';
import { samples } from '../samples/index.js';

const named = samples.map((sample, index) => ({ ...sample, name: `${sample.operation} (${index})` }));

/** What travels, read back. */
async function sentBody({ headers = {}, body }: WireRequest): Promise<unknown> {
  if (typeof body !== 'object') return body === undefined ? undefined : JSON.parse(body);
  const form = await new Response(new Uint8Array(body), { headers }).formData();
  const fields = [...form].map(async ([name, value]) => [name, typeof value === 'string' ? value : await value.text()]);
  return Object.fromEntries(await Promise.all(fields));
}

describe('the samples of the SDK document', () => {
  it.each(named)('$name: the request travels as the document has it', async (sample) => {
    const operation: Operation = operations[sample.operation];
    const request = buildRequest(operation, sample.params ?? {});
    const { method, path } = request;
    expect({ method, path: decodeURIComponent(path), body: await sentBody(request) }).toEqual({
      method: operation.method,
      path: operation.path + (sample.query === undefined ? '' : `?${sample.query}`),
      body: sample.body,
    });
  });

  it.each(named.filter(({ reply }) => reply !== undefined))('$name: the reply is understood', (sample) => {
    const { reply } = sample;
    const body = Buffer.isBuffer(reply)
      ? reply
      : Buffer.from(typeof reply === 'string' ? reply : JSON.stringify(reply));
    expect(judgeReply(operations[sample.operation], { status: 200, body })).toEqual({
      is: 'value',
      value: sample.decoded ?? reply,
      drift: [],
    });
  });

  it('cover every operation', () => {
    const covered = new Set<string>(samples.map(({ operation }) => operation));
    expect(Object.keys(operations).filter((id) => !covered.has(id))).toEqual([]);
  });
});
