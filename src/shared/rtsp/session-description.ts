import { cleanText } from '../clean-text.js';
import { limits } from '../limits.js';

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
/** The video and audio of a session description, and the address that stands for all of it. */
export function readSessionDescription(
  text: string,
  base: string,
): { readonly control: string; readonly tracks: readonly DescribedTrack[] } {
  const lines = text.split(/\r?\n/, limits.rtsp.lines).filter((line) => line.length <= limits.rtsp.line);
  const [general = [], ...media] = sections(lines.map((line) => cleanText(line, limits.rtsp.line)));
  return {
    control: resolve(attribute(general, 'control'), base),
    tracks: media.slice(0, limits.rtsp.tracks).flatMap((lines) => trackOf(lines, base) ?? []),
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

function trackOf(lines: readonly string[], base: string): DescribedTrack | undefined {
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
    parameters: readParameters(attribute(lines, `fmtp:${type} `) ?? ''),
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

function readParameters(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(';', limits.rtsp.parameters).map((part) => part.trim().split(/=(.*)/s));
  return new Map(pairs.filter(([name]) => name).map(([name = '', value = '']) => [name.toLowerCase(), value]));
}

/** RFC 2326 section C.1.1, with the slash that devices count on in place of the rules of RFC 1808. */
function resolve(control: string | undefined, base: string): string {
  const bare = control?.replace(/\s.*$/s, '') ?? '*';
  if (bare === '*' || bare === '') return base;
  if (/^rtsp:\/\//i.test(bare)) return bare;
  return `${base}${base.endsWith('/') ? '' : '/'}${bare}`;
}
