import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audioArguments, type AudioSettings } from '../../../src/homebridge/live/audio-policy.js';
import { matroskaHead, matroskaPacket } from '../../../src/homebridge/talk/matroska.js';
import { unitsOf } from '../../../src/homebridge/talk/payloads.js';
import { decoderArguments } from '../../../src/homebridge/talk/talk-decoder.js';
import { muLawSine, toneIn } from '../../support/audio/tone.js';
import { installed } from '../../support/installed.js';
import { boxAt, boxes, trackRuns } from '../../support/mp4.js';

const program = fileURLToPath(new URL('../../support/ffmpeg-fdk/run.cjs', import.meta.url));
/** The only rate at which it is offered. */
const settings: AudioSettings = { codec: 'aac-eld', sampleRate: 16_000, bitrate: 24, packetTime: 30, payloadType: 110 };

let core: string;
let folder: string;
beforeAll(async () => {
  core = join(await installed('ffmpeg-fdk'), '@ffmpeg/core/dist/ffmpeg-core.js');
  folder = await mkdtemp(join(tmpdir(), 'everfocus-eld-'));
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What an ffmpeg with libfdk_aac makes of a file by arguments that were meant for pipes. It does not run in real time. */
async function ffmpeg(args: readonly string[], input: Buffer, output: string): Promise<Buffer> {
  await writeFile(join(folder, 'in'), input);
  const files = args.map((arg) => (arg === 'pipe:0' ? '/in' : arg === 'pipe:1' ? `/${output}` : arg));
  await promisify(execFile)(process.execPath, [program, core, folder, ...files], { timeout: 60_000 });
  return readFile(join(folder, output));
}

/** What our encoder makes of a tone, in fragments of an MP4 instead of RTP. */
async function encoded(hertz: number): Promise<{ readonly units: readonly Buffer[]; readonly configuration: Buffer }> {
  const args = audioArguments(settings, 5004);
  const mp4 = [...args.slice(0, args.indexOf('-f', args.indexOf('-muxdelay'))), '-f', 'mp4', '-movflags', 'empty_moov'];
  const file = await ffmpeg([...mp4, 'pipe:1'], muLawSine(hertz, 2), 'sound.mp4');
  const all = boxes(file);
  const fragments = all.flatMap(({ type, begin }, index) =>
    type === 'moof' ? [file.subarray(begin, all[index + 1]?.end)] : [],
  );
  const description = boxAt(file, 'moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd');
  const at = description.indexOf(Buffer.from('0580808007', 'hex'));
  return {
    units: fragments.flatMap((fragment) =>
      trackRuns(fragment).flatMap(({ samples }) => samples.map(({ data }) => data)),
    ),
    configuration: description.subarray(at + 5, at + 12),
  };
}

/** RFC 3640 §3.3.6, as phones send it. */
function payloadOf(unit: Buffer): Buffer {
  const head = Buffer.from([0, 16, 0, 0]);
  head.writeUInt16BE(unit.length << 3, 2);
  return Buffer.concat([head, unit]);
}

describe('AAC-ELD', () => {
  it('is made by our arguments as a decoder is told that phones make it, and passes our way to the loudspeaker', async () => {
    const { units, configuration } = await encoded(440);
    // 2 s of 512 samples each.
    expect(units.length).toBeGreaterThanOrEqual(62);
    const head = matroskaHead('aac-eld', settings.sampleRate);
    expect(head.includes(configuration)).toBe(true);
    const packets = units.flatMap((unit) => unitsOf('aac-eld', payloadOf(unit)));
    expect(packets).toEqual(units);
    const stream = Buffer.concat([
      head,
      ...packets.map((packet, at) => matroskaPacket(at * settings.packetTime, packet)),
    ]);
    const heard = await ffmpeg(decoderArguments(settings), stream, 'heard');
    expect(toneIn(440, heard).length).toBeGreaterThanOrEqual(0.94 * 2 * 8000);
  }, 120_000);
});
