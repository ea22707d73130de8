import type { WireRequest } from '../wire/request.js';

/** Header fields in the order, the spelling and the number in which they came. */
export type HeaderFields = readonly (readonly [name: string, value: string])[];

/** One thing that went over the wire. `at` is `Clock.now()`, ms. */
export type Sight =
  | {
      readonly is: 'reply';
      readonly at: number;
      /** From the request on. */
      readonly ms: number;
      readonly request: WireRequest;
      readonly status: number;
      readonly reason: string;
      readonly headers: HeaderFields;
      /** All of it that was read; of a download the beginning. */
      readonly body: Buffer;
    }
  /** No reply, or none that could be read as a whole. */
  | {
      readonly is: 'failure';
      readonly at: number;
      readonly ms: number;
      readonly request: WireRequest;
      readonly code: string;
    }
  /** The answer to the upgrade of a WebSocket. */
  | {
      readonly is: 'upgrade';
      readonly at: number;
      readonly path: string;
      readonly status: number;
      readonly reason: string;
      readonly headers: HeaderFields;
    }
  | {
      readonly is: 'message';
      readonly at: number;
      readonly path: string;
      readonly data: Buffer;
      readonly binary: boolean;
    }
  | { readonly is: 'closed'; readonly at: number; readonly path: string; readonly code: number };

/** Is shown what goes between driver and NVR as it travels, secrets included, before anything is made of it. */
export type Tap = (sight: Sight) => void;

/** Header fields out of names and values in turn, as HTTP libraries hand them over. */
export function headerFields(raw: readonly (string | Buffer)[]): HeaderFields {
  const text = (part: string | Buffer | undefined) =>
    typeof part === 'string' ? part : (part?.toString('latin1') ?? '');
  const fields: [string, string][] = [];
  for (let index = 0; index < raw.length; index += 2) fields.push([text(raw[index]), text(raw[index + 1])]);
  return fields;
}
