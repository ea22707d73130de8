import { RtspRefusal } from './rtsp-refusal.js';

/** What the address of a request says. */
export interface Address {
  /** Without the track. */
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly search: string;
  /** As in the session description; `undefined` for the whole presentation. */
  readonly track: number | undefined;
}

const TRACK = /\/trackID=(\d{1,3})$/;

/** @throws {@link RtspRefusal} 400 */
export function readAddress(uri: string): Address {
  const url = URL.parse(uri);
  if (url?.protocol !== 'rtsp:') throw new RtspRefusal(400, 'the address is no rtsp URL');
  const track = TRACK.exec(url.pathname)?.[1];
  return {
    path: url.pathname.replace(TRACK, ''),
    search: url.search,
    track: track === undefined ? undefined : Number(track),
  };
}

/** The address of one track; the query stays behind the path, where strict clients look for it. */
export function trackAddress(uri: string, track: number): string {
  const url = new URL(uri);
  url.pathname += `/trackID=${track}`;
  return url.href;
}
