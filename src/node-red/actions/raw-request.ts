import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { InvalidParameterError } from '../../shared/index.js';
import type { RawRequest } from '../../shared/index.js';
import type { Action } from './action.js';

const fields = {
  method: Type.Enum(['GET', 'POST'], { title: 'Method', description: 'HTTP method.', default: 'GET' }),
  path: Type.String({
    pattern: '^/',
    title: 'Path',
    description: 'Path on the NVR, from its root.',
    examples: ['/system/getSystemInfo'],
  }),
  query: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
      title: 'Query',
      description: 'Query parameters.',
      examples: [{ ChannelID: '1' }],
    }),
  ),
  body: Type.Optional(Type.Unknown({ title: 'Body', description: 'Body, sent as JSON.' })),
};
const schema = Type.Object(fields);

/** Any path of the NVR. Nobody has declared what it does, and many GETs of this API destroy something. */
export const rawRequest: Action = {
  id: 'raw',
  title: 'Raw request',
  description: 'Sends a request to any path of the NVR within the same session. Nothing is checked but its form.',
  domain: 'raw',
  effect: 'destructive',
  needsConfirmation: true,
  parameters: Object.entries(fields).map(([name, field]) => ({
    name,
    schema: field,
    required: schema.required.some((required) => required === name),
  })),
  run: (client, params, signal) => client.request(checked(params), { signal }),
};

function checked(params: unknown): RawRequest {
  if (Value.Check(schema, params)) return params;
  const [error] = Value.Errors(schema, params);
  throw new InvalidParameterError(error?.instancePath.slice(1) ?? '', error?.message ?? 'is not a request');
}
