import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { matroskaHead, matroskaPacket } from '../src/homebridge/talk/matroska.js';
import { decoderArguments } from '../src/homebridge/talk/talk-decoder.js';
import { packetsOfOgg } from '../test/support/audio/opus.js';
import { loudness } from '../test/support/audio/tone.js';
import { LiveView } from '../test/support/hap/live-view.js';
import type { Row } from './report.js';
import type { Rig } from './rig.js';

/** ms of a packet, and between two words: half of it is silence. */
const [PACKET, WORD] = [20, 500];
/** bytes of µ-law that go to the loudspeaker at a time: 20 ms */
const FRAME = 160;
/** Root mean square from which a frame is a word. */
const LOUD = 0.05;
const CHANNEL = 1;
/** Talks of which the first word is measured. */
const FIRST_WORDS = 5;

/** Something that arrives at a loudspeaker, and when, ms since 1970. */
interface Heard {
  readonly at: number;
  readonly data: Buffer;
}

/** Phone → loudspeaker: a word said, and the same word at the NVR; beside bare sockets with the same decoder between them. */
export async function talk(rig: Rig, rounds: number): Promise<Row[]> {
  const words = speech(rig.ffmpeg.path, rounds + 1);
  const firsts: number[] = [];
  for (let time = 0; time < FIRST_WORDS; time += 1)
    firsts.push((await saidToCamera(rig, words.slice(0, 50)))[0] ?? NaN);
  // Of a talk that has begun: the first word waits for the line and the decoder.
  const ours = (await saidToCamera(rig, words)).slice(1);
  const bare = await saidBarely(rig.ffmpeg.path, words);
  const p95 = (values: readonly number[]) => [
    values.toSorted((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1] ?? NaN,
  ];
  const floor = 'bare sockets with the same decoder, at once';
  return [
    {
      what: 'talk: phone → loudspeaker',
      unit: 'ms',
      ours,
      beside: [{ what: floor, values: bare.slice(1) }],
    },
    { what: '— 95 of 100 words', unit: 'ms', ours: p95(ours), beside: [{ what: floor, values: p95(bare.slice(1)) }] },
    {
      what: 'talk: first word, line and decoder opened for it',
      unit: 'ms',
      ours: firsts,
      beside: [{ what: `${floor}, decoder started for it`, values: bare.slice(0, 1) }],
    },
  ];
}

async function saidToCamera(rig: Rig, words: readonly Buffer[]): Promise<number[]> {
  const view = await LiveView.prepare(rig.home, rig.camera(CHANNEL), {});
  await view.start();
  // A view that has just begun is not what is measured.
  await wait(1000);
  const begin = wallNow();
  await view.say(words);
  await wait(500);
  await view.stop();
  await view.close();
  const heard = rig.nvr.talk(CHANNEL).frames.filter(({ at }) => at >= begin);
  return delays(heard, begin);
}

/** The same packets over a bare UDP socket to the same decoder, and what it makes over a bare WebSocket. */
async function saidBarely(ffmpeg: string, words: readonly Buffer[]): Promise<number[]> {
  const heard: Heard[] = [];
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) =>
    socket.on('message', (data) => heard.push({ at: wallNow(), data: data as Buffer })),
  );
  await once(server, 'listening');
  const line = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, { perMessageDeflate: false });
  await once(line, 'open');
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const decoder = spawn(ffmpeg, ['-v', 'error', ...decoderArguments({ codec: 'opus' })]);
  let rest = Buffer.alloc(0);
  decoder.stdout.on('data', (samples: Buffer) => {
    rest = Buffer.concat([rest, samples]);
    for (; rest.length >= FRAME; rest = rest.subarray(FRAME)) line.send(rest.subarray(0, FRAME));
  });
  decoder.stderr.resume();
  decoder.stdin.write(matroskaHead('opus', 24_000));
  let time = 0;
  udp.on('message', (packet) => void decoder.stdin.write(matroskaPacket(PACKET * time++, packet)));
  const begin = wallNow();
  for (const [at, packet] of words.entries()) {
    const early = begin + PACKET * at - wallNow();
    if (early > 0) await wait(early);
    udp.send(packet, udp.address().port, '127.0.0.1');
  }
  await wait(500);
  decoder.kill('SIGKILL');
  await once(decoder, 'close');
  udp.close();
  line.terminate();
  server.close();
  return delays(heard, begin);
}

/** ms from the packet that begins a word to the frame that does. @param begin when the first packet was sent, ms since 1970 */
function delays(heard: readonly Heard[], begin: number): number[] {
  const loud = heard.map(({ data }) => loudness(data) > LOUD);
  const starts = heard.filter((_, index) => loud[index] && !loud[index - 1]);
  return starts.map(({ at }, word) => at - (begin + word * WORD));
}

/** Words of 440 Hz, each followed by as much silence, as Opus packets of a phone. */
function speech(ffmpeg: string, count: number): readonly Buffer[] {
  const period = WORD / 1000;
  const source = `aevalsrc=0.5*sin(2*PI*440*t)*lt(mod(t\\,${period})\\,${period / 2}):s=24000:d=${count * period}`;
  const codec = ['-c:a', 'libopus', '-ar', '24000', '-ac', '1', '-b:a', '24k', '-application', 'lowdelay'];
  const args = [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    source,
    ...codec,
    '-frame_duration',
    `${PACKET}`,
    '-f',
    'ogg',
    'pipe:1',
  ];
  return packetsOfOgg(execFileSync(ffmpeg, args, { maxBuffer: 2 ** 24 })).slice(2);
}

/** ms since 1970, finer than a ms. */
function wallNow(): number {
  return performance.timeOrigin + performance.now();
}
