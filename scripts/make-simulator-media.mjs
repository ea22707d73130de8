#!/usr/bin/env node
/**
 * Makes packages/simulator/media: the video loops that the simulator serves.
 *
 *   node scripts/make-simulator-media.mjs          needs Node 24, and ffmpeg with libx264 and libx265 on PATH
 *
 * For maintainers only; its results are committed, so nobody needs ffmpeg to run the simulator. Every picture is drawn
 * here cell by cell (80 x 45 cells of 16 or 8 pixels) and piped to ffmpeg as raw video: no font, the same result on every
 * machine with the same encoders.
 *
 * Each loop is 10 s long, 15 fps, a keyframe with its parameter sets every 2 s, no B-frames, one slice per picture and no
 * access unit delimiters: the simulator relies on one video NAL unit per picture when it splits a loop. Picture n belongs
 * to (Unix time modulo 10 s) = n / 15 s, and says so: channel and stream, seconds modulo 10, picture number.
 * The top four rows carry the same for machines; test/support/picture-mark.ts describes and reads them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromaOf, COLUMNS, drawCells, GROUND } from '../packages/simulator/src/live/drawing.ts';

const folder = fileURLToPath(new URL('../packages/simulator/media/', import.meta.url));
const CHANNELS = [1, 2, 3, 4, 5, 6, 7, 8];
const STREAMS = /** @type {const} */ ([
  { name: 'main', id: 0, width: 1280, height: 720 },
  { name: 'sub', id: 1, width: 640, height: 360 },
]);
const FPS = 15;
const PICTURES = 150;
const KEYFRAME_INTERVAL = 30;
/** A still grain in the lower third's ground, so that a keyframe takes several network packets, as a camera's does. */
const GRAIN = 10;
const GRAIN_TOP = 28;
const SIZE_LIMIT = 2_000_000;

/** @typedef {(typeof STREAMS)[number]} Stream */

/** Grain of one tile: integer noise, the same everywhere and always. @param {number} tileX @param {number} tileY */
function grain(tileX, tileY) {
  let hash = Math.imul(tileX + 1, 0x9e3779b1) ^ Math.imul(tileY + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash >>> 16) % (2 * GRAIN + 1)) - GRAIN;
}

/**
 * One raw yuv420p picture; the hue tells the channel from afar.
 * @param {number} channel @param {Stream} stream @param {number} picture
 */
function drawPicture(channel, stream, picture) {
  const { width, height } = stream;
  const time = (picture / FPS).toFixed(2);
  const cells = drawCells({ channel, stream: stream.id, picture, time, timeSize: 2 });
  const cell = width / COLUMNS;
  const tile = cell / 2;
  const yuv = Buffer.alloc((width * height * 3) / 2);
  for (let y = 0; y < height; y++) {
    for (let column = 0; column < COLUMNS; column++) {
      const luma = cells[Math.floor(y / cell) * COLUMNS + column] ?? GROUND;
      for (let x = column * cell; x < (column + 1) * cell; x++) {
        const grainy = luma === GROUND && y >= GRAIN_TOP * cell;
        yuv[y * width + x] = grainy ? GROUND + grain(Math.floor(x / tile), Math.floor(y / tile)) : luma;
      }
    }
  }
  const { cb, cr } = chromaOf(channel);
  const chroma = width * height;
  yuv.fill(cb, chroma, chroma * 1.25);
  yuv.fill(cr, chroma * 1.25);
  return yuv;
}

/** @param {Buffer[]} pictures @param {Stream} stream @param {string[]} output options and file of ffmpeg */
async function encode(pictures, stream, output) {
  const input = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${stream.width}x${stream.height}`, '-r', `${FPS}`];
  const ffmpeg = spawn('ffmpeg', ['-v', 'error', '-y', ...input, '-i', 'pipe:0', ...output], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  for (const picture of pictures) if (!ffmpeg.stdin.write(picture)) await once(ffmpeg.stdin, 'drain');
  ffmpeg.stdin.end();
  const [code] = await once(ffmpeg, 'close');
  if (code !== 0) throw new Error(`ffmpeg ended with code ${code}: ${output.join(' ')}`);
}

const gop = `keyint=${KEYFRAME_INTERVAL}:min-keyint=${KEYFRAME_INTERVAL}:scenecut=0:open-gop=0:bframes=0:repeat-headers=1:aud=0`;
/** @type {Record<string, (level: string) => string[]>} */
const codecs = {
  h264: (level) => [
    ...['-c:v', 'libx264', '-preset', 'veryslow', '-profile:v', 'high', '-level', level, '-crf', '32'],
    ...['-x264-params', `${gop}:slices=1`, '-bsf:v', 'filter_units=remove_types=6', '-f', 'h264'],
  ],
  h265: () => [
    ...['-c:v', 'libx265', '-preset', 'slow', '-crf', '40'],
    ...['-x265-params', `${gop}:slices=1:info=0:log-level=error`, '-f', 'hevc'],
  ],
};

await mkdir(folder, { recursive: true });
for (const channel of CHANNELS) {
  for (const stream of STREAMS) {
    const pictures = Array.from({ length: PICTURES }, (_, picture) => drawPicture(channel, stream, picture));
    const level = stream.id === 0 ? '3.1' : '3.0';
    for (const [codec, options] of Object.entries(codecs)) {
      await encode(pictures, stream, [...options(level), `${folder}${channel}-${stream.name}.${codec}`]);
    }
  }
}

let total = 0;
for (const name of await readdir(folder)) total += (await stat(folder + name)).size;
console.log(`packages/simulator/media: ${total} bytes`);
if (total > SIZE_LIMIT) throw new Error(`more than ${SIZE_LIMIT} bytes: raise -crf`);
