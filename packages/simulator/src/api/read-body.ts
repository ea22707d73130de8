import type { IncomingMessage } from 'node:http';

/** bytes; no JSON of the document comes near */
const MAX_BODY = 1024 * 1024;

/** The whole body. @throws where it is too long or breaks off */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY) throw new Error(`the body exceeds ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
