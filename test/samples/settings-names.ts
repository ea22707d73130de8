import type { SettingsPair } from '../../src/shared/index.js';
import { samples } from './index.js';

/** What names the settings of a pair at the simulator, by the sample of the document. */
export function namesOf({ read, parameters }: SettingsPair): Record<string, unknown> {
  const { params = {}, simulated } =
    samples.find(({ operation, decoded, reply }) => operation === read.id && (decoded ?? reply) !== undefined) ?? {};
  const { body, ...query } = (typeof simulated === 'object' ? simulated : params) as Record<string, unknown>;
  const named = Array.isArray(body) ? { ...query, ...(body[0] as object) } : query;
  return Object.fromEntries(parameters.flatMap(({ name }) => (name in named ? [[name, named[name as never]]] : [])));
}
