import { buildRequest } from '../../src/shared/wire/request.js';
import { operations } from '../../src/shared/sdk/index.js';
import type { Sample } from '../samples/sample.js';
import type { Visitor } from './visitor.js';

/** Brings a simulator to where a sample begins. @returns the parameters that fit it */
export async function prepare(sample: Sample, visitor: Visitor): Promise<Readonly<Record<string, unknown>>> {
  const replies: unknown[] = [];
  if (sample.socket !== undefined) await visitor.socket(sample.socket);
  for (const { operation: id, params = {} } of sample.before ?? []) {
    const { json, body } = await visitor.carry(buildRequest(operations[id], params));
    replies.push(json ?? body.toString());
  }
  const { simulated = sample.params ?? {} } = sample;
  return typeof simulated === 'function' ? simulated(replies) : simulated;
}
