import { RtspRefusal } from './rtsp-refusal.js';

/** How a client wants one track's packets: between the replies, or by UDP. RTP goes to the first, RTCP to the second. */
export interface TransportRequest {
  readonly over: 'tcp' | 'udp';
  /** Channels or ports of the client. */
  readonly pair: readonly [number, number];
}

/**
 * The first way of a `Transport` header (RFC 2326 section 12.39) that this server knows.
 *
 * @param freeChannel of the connection, for a client that leaves the choice to the server
 * @throws {@link RtspRefusal} 461
 */
export function readTransport(header: string, freeChannel: number): TransportRequest {
  for (const choice of header.split(',')) {
    const [profile = '', ...parameters] = choice.split(';').map((part) => part.trim());
    const fields = new Map(parameters.map((part): [string, string] => split(part)));
    if (fields.has('multicast') || /record/i.test(fields.get('mode') ?? '')) continue;
    const over = overOf(profile);
    if (over === 'tcp') {
      const pair = fields.has('interleaved') ? pairOf(fields.get('interleaved'), 255) : pairFrom(freeChannel);
      if (pair) return { over, pair };
    }
    if (over === 'udp') {
      const pair = pairOf(fields.get('client_port'), 65_535);
      if (pair && pair[0] > 0) return { over, pair };
    }
  }
  throw new RtspRefusal(461, `Transport: ${header}: neither interleaved in TCP nor unicast over UDP`);
}

function overOf(profile: string): TransportRequest['over'] | undefined {
  switch (profile.toUpperCase()) {
    case 'RTP/AVP/TCP':
      return 'tcp';
    case 'RTP/AVP':
    case 'RTP/AVP/UDP':
      return 'udp';
    default:
      return undefined;
  }
}

function split(parameter: string): [string, string] {
  const [name = '', value = ''] = parameter.split('=', 2);
  return [name.trim().toLowerCase(), value.trim().replaceAll('"', '')];
}

/** `8000-8001`, or `8000` for that and the next one. */
function pairOf(text: string | undefined, maximum: number): readonly [number, number] | undefined {
  const [, first, second] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text ?? '') ?? [];
  if (first === undefined) return undefined;
  const pair = second === undefined ? pairFrom(Number(first)) : ([Number(first), Number(second)] as const);
  return pair[0] !== pair[1] && Math.max(...pair) <= maximum ? pair : undefined;
}

function pairFrom(first: number): readonly [number, number] {
  return [first, first + 1];
}
