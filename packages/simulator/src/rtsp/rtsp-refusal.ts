import { Refusal } from '../nvr/refusal.js';

/** Status codes that this server answers with (RFC 2326 section 7.1.1). */
const reasons = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Request Entity Too Large',
  451: 'Parameter Not Understood',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  457: 'Invalid Range',
  459: 'Aggregate Operation Not Allowed',
  461: 'Unsupported Transport',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  505: 'RTSP Version Not Supported',
  551: 'Option not supported',
} as const;

export type RtspStatus = keyof typeof reasons;

/** The server will not do what it was asked. */
export class RtspRefusal extends Refusal {
  constructor(
    readonly status: RtspStatus,
    message: string,
  ) {
    super(message);
  }
}

/** A reply as it leaves the server. Names and values are ours, so nothing is escaped. */
export function writeReply(status: RtspStatus, headers: Readonly<Record<string, string>>, body = ''): Buffer {
  const all = { ...headers, ...(body !== '' && { 'Content-Length': String(Buffer.byteLength(body)) }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`RTSP/1.0 ${status} ${reasons[status]}\r\n${lines.join('')}\r\n${body}`);
}
