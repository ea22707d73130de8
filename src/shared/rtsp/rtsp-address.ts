import { authorityOf, type ClientSettings } from '../link/options.js';
import { socketPath } from '../wire/request.js';
import { secondsOf } from '../media/playback-course.js';
import { type StreamName, streamNumber } from '../sdk/stream-name.js';
import { playback } from '../sdk/playback.js';
import { live } from '../sdk/streaming.js';

/** What to see by RTSP: live (SDK 3.1), or what was recorded from some time on (SDK 3.3). */
export interface RtspTarget {
  /** From 1. */
  readonly channel: number;
  readonly stream: StreamName;
  /** Where a playback starts: a Date, or ms since 1970 UTC; the NVR takes whole seconds. Without it: live. */
  readonly from?: Date | number | undefined;
  /** Of a playback, unique: who knows it controls the playback (SDK 3.5). */
  readonly session?: string | undefined;
}

/**
 * Address of a stream. The paths are those of the WebSockets.
 *
 * @param login user name and password to put into it
 * @throws {@link InvalidParameterError}
 */
export function rtspAddress(
  host: string,
  port: number,
  { channel, stream, from, session }: RtspTarget,
  login?: Pick<ClientSettings, 'username' | 'password'>,
): string {
  const which = { ChannelID: channel, StreamID: streamNumber(stream) };
  const path =
    from === undefined
      ? socketPath(live, which)
      : socketPath(playback, { ...which, time: secondsOf('from', from), session });
  const user = login ? `${encodeURIComponent(login.username)}:${encodeURIComponent(login.password)}@` : '';
  return `rtsp://${user}${authorityOf({ host, port })}${path}`;
}
