import { randomBytes } from 'node:crypto';

/** What a form uploads as a file. */
export class UploadedFile {
  constructor(
    readonly name: string,
    readonly content: string | Uint8Array,
  ) {}
}

/**
 * A form as `multipart/form-data` (RFC 7578) whose values travel byte for byte. `FormData` would make CRLF of every line
 * end, as browsers do, and a PEM file or a configuration is not the NVR's own any more.
 *
 * @param fields names as the declaration has them: without quotes and line ends
 */
export function multipartBody(fields: Readonly<Record<string, unknown>>): {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
} {
  const boundary = `----${randomBytes(24).toString('hex')}`;
  const parts = Object.entries(fields).flatMap(([name, value]) => {
    const disposition = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
    if (!(value instanceof UploadedFile)) return [`${disposition}\r\n\r\n`, String(value), '\r\n'];
    const type = 'Content-Type: application/octet-stream';
    return [`${disposition}; filename="${value.name}"\r\n${type}\r\n\r\n`, value.content, '\r\n'];
  });
  const body = Buffer.concat([...parts, `--${boundary}--\r\n`].map((part) => Buffer.from(part)));
  return { headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, body };
}
