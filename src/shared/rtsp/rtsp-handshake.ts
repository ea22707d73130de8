import { InvalidReplyError, NvrRefusedError, NvrUnavailableError } from '../errors.js';
import type { RtspReply } from './message-reader.js';
import type { RtspConnection, RtspRequest } from './rtsp-connection.js';
import { type Exceeds, readSessionDescription, type RtspTrack } from './session-description.js';

/** A stream that is set up, and plays once it is told to. */
export interface Prepared {
  /** Address of the whole of it. */
  readonly uri: string;
  readonly session: RtspSession;
  /** By the channel of the connection that carries its RTP; RTCP comes on the next one. */
  readonly tracks: ReadonlyMap<number, RtspTrack>;
  /** Method that keeps the session alive. */
  readonly ping: 'GET_PARAMETER' | 'OPTIONS';
}

interface RtspSession {
  readonly id: string;
  /** s without a request after which the NVR ends it */
  readonly timeout: number;
}

/** s; RFC 2326 section 12.37 */
const DEFAULT_TIMEOUT = 60;
/** s; a shorter one is not believed. */
const MIN_TIMEOUT = 10;

/**
 * OPTIONS, DESCRIBE, and SETUP of each track, interleaved.
 *
 * @param exceeds is told what of the description is passed over
 * @throws {@link NvrError}
 */
export async function prepareStream(connection: RtspConnection, address: string, exceeds: Exceeds): Promise<Prepared> {
  const options = await succeed(connection, { method: 'OPTIONS', uri: address });
  const description = await succeed(connection, {
    method: 'DESCRIBE',
    uri: address,
    headers: { Accept: 'application/sdp' },
  });
  const base = field(description, 'content-base') ?? field(description, 'content-location') ?? address;
  const { control, tracks: described } = readSessionDescription(description.body.toString('utf8'), base, exceeds);
  const tracks = new Map<number, RtspTrack>();
  let session: RtspSession | undefined;
  for (const [index, { control: uri, ...track }] of described.entries()) {
    const reply = await succeed(connection, {
      method: 'SETUP',
      uri,
      headers: {
        Transport: `RTP/AVP/TCP;unicast;interleaved=${index * 2}-${index * 2 + 1}`,
        ...(session && { Session: session.id }),
      },
    });
    session ??= readSession(field(reply, 'session'));
    tracks.set(channelOf(field(reply, 'transport')) ?? index * 2, track);
  }
  if (!session) throw new InvalidReplyError('RTSP: the NVR describes neither video nor audio');
  const canGet = /\bGET_PARAMETER\b/i.test(field(options, 'public') ?? '');
  return { uri: control, session, tracks, ping: canGet ? 'GET_PARAMETER' : 'OPTIONS' };
}

/** A reply of success. @throws {@link NvrRefusedError}, {@link NvrUnavailableError} */
export async function succeed(connection: RtspConnection, request: RtspRequest): Promise<RtspReply> {
  const reply = await connection.ask(request);
  const { status, reason } = reply;
  if (status >= 200 && status < 300) return reply;
  const words = `RTSP status ${status} ${reason}`.trim();
  // Not enough bandwidth (453) passes too.
  if (status >= 500 || status === 453) throw new NvrUnavailableError(`RTSP ${request.method}: ${words}`);
  throw new NvrRefusedError(`RTSP ${request.method}`, words);
}

function field({ headers }: RtspReply, name: string): string | undefined {
  return headers.get(name)?.[0];
}

function readSession(header = ''): RtspSession {
  const [id = ''] = header.split(';');
  if (id.trim() === '') throw new InvalidReplyError('RTSP: the NVR gave no session');
  const timeout = Number(/;\s*timeout\s*=\s*(\d{1,6})/i.exec(header)?.[1] ?? DEFAULT_TIMEOUT);
  return { id: id.trim(), timeout: Math.max(MIN_TIMEOUT, timeout) };
}

/** @throws {@link NvrRefusedError} where the NVR insists on UDP */
function channelOf(transport = ''): number | undefined {
  if (!/^RTP\/AVP\/TCP/i.test(transport.trim()) && transport !== '') {
    throw new NvrRefusedError('RTSP SETUP', 'the NVR does not send over TCP');
  }
  const channel = /interleaved\s*=\s*(\d{1,3})/i.exec(transport)?.[1];
  return channel === undefined ? undefined : Number(channel);
}
