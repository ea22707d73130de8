import { cleanText } from '../clean-text.js';
import { type LimitName, limits } from '../limits.js';

/** One medium of an RTSP stream, as its session description has it (RFC 4566). */
export interface RtspTrack {
  readonly media: 'video' | 'audio';
  /** RTP payload type, 0–127. */
  readonly payloadType: number;
  /** In upper case, such as `H264`, `H265`, `PCMU`; empty where the description does not say. */
  readonly encoding: string;
  /** Ticks of the RTP time a second. */
  readonly clockRate: number;
  /** Format parameters, such as `sprop-parameter-sets`, with names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** A track and where to set it up. */
export interface DescribedTrack extends RtspTrack {
  readonly control: string;
}

/** RFC 3551 table 4: PCMU needs no `rtpmap`. */
const PCMU = { encoding: 'PCMU', clockRate: 8000 };

/** Is told that something exceeds a limit, and what becomes of it. */
export type Exceeds = (limit: LimitName, what: string) => void;

/**
 * The video and audio of a session description, and the address that stands for all of it. What exceeds a limit is left
 * out, and told.
 */
export function readSessionDescription(
  text: string,
  base: string,
  exceeds: Exceeds = () => undefined,
): { readonly control: string; readonly tracks: readonly DescribedTrack[] } {
  const all = text.split(/\r?\n/, limits.rtsp.lines + 1);
  if (all.length > limits.rtsp.lines) exceeds('rtsp.lines', 'the other lines of a description are passed over');
  const lines = all.slice(0, limits.rtsp.lines).filter((line) => {
    if (line.length <= limits.rtsp.line) return true;
    exceeds('rtsp.line', 'a line of a description is passed over');
    return false;
  });
  const [general = [], ...media] = sections(lines.map((line) => cleanText(line, limits.rtsp.line)));
  if (media.length > limits.rtsp.tracks) exceeds('rtsp.tracks', 'the other tracks of a description are passed over');
  return {
    control: resolve(attribute(general, 'control'), base),
    tracks: media.slice(0, limits.rtsp.tracks).flatMap((lines) => trackOf(lines, base, exceeds) ?? []),
  };
}

/** What stands before the first medium, and each medium. */
function sections(lines: readonly string[]): string[][] {
  const found: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith('m=')) found.push([]);
    found.at(-1)?.push(line.trim());
  }
  return found;
}

function trackOf(lines: readonly string[], base: string, exceeds: Exceeds): DescribedTrack | undefined {
  const [, media, type] = /^m=(video|audio) \S+ RTP\/AVP\S* (\d{1,3})\b/.exec(lines[0] ?? '') ?? [];
  if (media === undefined || Number(type) > 127) return undefined;
  const map = attribute(lines, `rtpmap:${type} `);
  const [, encoding = '', rate] = /^([^/\s]{1,32})\/(\d{1,9})/.exec(map ?? '') ?? [];
  const known =
    map === undefined && type === '0' ? PCMU : { encoding: encoding.toUpperCase(), clockRate: Number(rate) };
  return {
    media: media === 'video' ? 'video' : 'audio',
    payloadType: Number(type),
    encoding: known.encoding,
    clockRate: known.clockRate || 90_000,
    parameters: readParameters(attribute(lines, `fmtp:${type} `) ?? '', exceeds),
    control: resolve(attribute(lines, 'control'), base),
  };
}

/** Value of the first `a=name:value`; a name that ends with a blank is followed by its value at once. */
function attribute(lines: readonly string[], name: string): string | undefined {
  const start = name.endsWith(' ') ? `a=${name}` : `a=${name}:`;
  return lines
    .find((line) => line.startsWith(start))
    ?.slice(start.length)
    .trim();
}

function readParameters(text: string, exceeds: Exceeds): ReadonlyMap<string, string> {
  const most = limits.rtsp.parameters;
  const parts = text.split(';', most + 1);
  if (parts.length > most) exceeds('rtsp.parameters', 'the other parameters of a track are passed over');
  const pairs = parts.slice(0, most).map((part) => part.trim().split(/=(.*)/s));
  return new Map(pairs.filter(([name]) => name).map(([name = '', value = '']) => [name.toLowerCase(), value]));
}

/** RFC 2326 section C.1.1, with the slash that devices count on in place of the rules of RFC 1808. */
function resolve(control: string | undefined, base: string): string {
  const bare = control?.replace(/\s.*$/s, '') ?? '*';
  if (bare === '*' || bare === '') return base;
  if (/^rtsp:\/\//i.test(bare)) return bare;
  return `${base}${base.endsWith('/') ? '' : '/'}${bare}`;
}
