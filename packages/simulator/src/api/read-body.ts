import type { IncomingMessage } from 'node:http';

/** bytes; no JSON of the document comes near */
const MAX_BODY = 1024 * 1024;
/** bytes; who is not logged in has no more to say than a login */
export const STRANGERS_BODY = 64 * 1024;

/** The whole body. @throws where it is too long or breaks off */
export async function readBody(request: IncomingMessage, most = MAX_BODY): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) throw new Error(`the body exceeds ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
