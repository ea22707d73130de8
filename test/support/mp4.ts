import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A box of an MP4 (ISO/IEC 14496-12, 4.2). */
export interface Box {
  readonly type: string;
  readonly begin: number;
  readonly end: number;
  readonly contents: Buffer;
}

/** The boxes one after the other. @throws where a length does not fit */
export function boxes(bytes: Buffer): Box[] {
  const found: Box[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    if (length < 8 || at + length > bytes.length) throw new Error(`a box of ${length} bytes at ${at}`);
    const contents = bytes.subarray(at + 8, at + length);
    found.push({ type: bytes.toString('latin1', at + 4, at + 8), begin: at, end: at + length, contents });
    at += length;
  }
  return found;
}

/** The contents of boxes within each other. @throws where there is none */
export function boxAt(bytes: Buffer, ...path: readonly string[]): Buffer {
  return path.reduce((outer, type) => {
    const inner = boxes(outer).find((other) => other.type === type);
    if (!inner) throw new Error(`no ${type} in ${path.join('/')}`);
    return inner.contents;
  }, bytes);
}

export interface TrackRun {
  readonly track: number;
  /** Decode time of the first sample, ticks. */
  readonly time: number;
  readonly samples: readonly { readonly duration: number; readonly sync: boolean; readonly data: Buffer }[];
}

/** What a fragment (`moof`, `mdat`) says of its tracks, read as ISO/IEC 14496-12, 8.8 has it. */
export function trackRuns(fragment: Buffer): TrackRun[] {
  return boxes(boxAt(fragment, 'moof'))
    .filter(({ type }) => type === 'traf')
    .map(({ contents }) => {
      const header = boxAt(contents, 'tfhd');
      const headerFlags = header.readUIntBE(1, 3);
      const defaults = { duration: 0, flags: 0 };
      let field = 8;
      if (headerFlags & 0x08) {
        defaults.duration = header.readUInt32BE(field);
        field += 4;
      }
      if (headerFlags & 0x20) defaults.flags = header.readUInt32BE(field);
      const run = boxAt(contents, 'trun');
      const flags = run.readUIntBE(1, 3);
      let at = 12;
      let place = run.readUInt32BE(8);
      const next = (bit: number, otherwise: number) => {
        if ((flags & bit) === 0) return otherwise;
        at += 4;
        return run.readUInt32BE(at - 4);
      };
      const samples = Array.from({ length: run.readUInt32BE(4) }, () => {
        const duration = next(0x100, defaults.duration);
        const size = next(0x200, 0);
        const sync = (next(0x400, defaults.flags) & 0x10000) === 0;
        place += size;
        return { duration, sync, data: fragment.subarray(place - size, place) };
      });
      const time = Number(boxAt(contents, 'tfdt').readBigUInt64BE(4));
      return { track: header.readUInt32BE(4), time, samples };
    });
}

/** What ffmpeg makes of a file: a packet a line, and whatever it had to complain about. */
export interface Examination {
  readonly complaints: string;
  readonly packets: readonly { readonly stream: number; readonly pts: number; readonly duration: number }[];
  /** s of a tick, by stream. */
  readonly timebases: readonly number[];
  /** Lines about the streams, such as `Stream #0:0(und): Video: h264 (High) (avc1…), 1280x720 …`. */
  readonly streams: readonly string[];
}

/** Demuxes and decodes every sample. */
export async function examine(ffmpeg: string, mp4: Buffer): Promise<Examination> {
  const input = ['-hide_banner', '-f', 'mp4', '-i', 'pipe:0'];
  const [told, decoded, copied] = await Promise.all([
    run(ffmpeg, [...input, '-map', '0', '-c', 'copy', '-f', 'null', '-'], mp4),
    run(ffmpeg, ['-v', 'warning', '-xerror', ...input, '-map', '0', '-f', 'null', '-'], mp4),
    run(ffmpeg, ['-v', 'warning', ...input, '-map', '0', '-copyts', '-c', 'copy', '-f', 'framecrc', '-'], mp4),
  ]);
  const lines = copied.output.split('\n');
  return {
    complaints: decoded.errors + copied.errors,
    packets: lines
      .filter((line) => /^\d/.test(line))
      .map((line) => line.split(',').map(Number))
      .map(([stream = 0, , pts = 0, duration = 0]) => ({ stream, pts, duration })),
    timebases: lines.flatMap((line) => {
      const [, over, under] = /^#tb \d+: (\d+)\/(\d+)/.exec(line) ?? [];
      return over && under ? [Number(over) / Number(under)] : [];
    }),
    streams: (told.errors.split('Output #0')[0] ?? '')
      .split('\n')
      .filter((line) => /^ *Stream #0:\d.*: (Video|Audio): /.test(line)),
  };
}

/** The samples of the sound, as 16-bit numbers from -32768 to 32767. */
export async function decodeSound(ffmpeg: string, mp4: Buffer, sampleRate: number): Promise<Int16Array> {
  const args = ['-v', 'error', '-f', 'mp4', '-i', 'pipe:0', '-vn', '-ar', `${sampleRate}`, '-f', 's16le', '-'];
  const { bytes } = await run(ffmpeg, args, mp4);
  return new Int16Array(new Uint8Array(bytes).buffer, 0, Math.floor(bytes.length / 2));
}

async function run(program: string, args: readonly string[], input: Buffer) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const parts: Buffer[] = [];
  let errors = '';
  child.stdout.on('data', (bytes: Buffer) => parts.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) errors += `\nexit code ${code}`;
  const bytes = Buffer.concat(parts);
  return { bytes, output: bytes.toString('latin1'), errors };
}
