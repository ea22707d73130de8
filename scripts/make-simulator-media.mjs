#!/usr/bin/env node
/**
 * Makes packages/simulator/media: the video loops and snapshots that the simulator serves.
 *
 *   node scripts/make-simulator-media.mjs          needs ffmpeg with libx264 and libx265 on PATH
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

const folder = fileURLToPath(new URL('../packages/simulator/media/', import.meta.url));
const CHANNELS = [1, 2, 3, 4, 5, 6, 7, 8];
const STREAMS = /** @type {const} */ ([
  { name: 'main', id: 0, width: 1280, height: 720 },
  { name: 'sub', id: 1, width: 640, height: 360 },
]);
const FPS = 15;
const PICTURES = 150;
const KEYFRAME_INTERVAL = 30;
const COLUMNS = 80;
const ROWS = 45;
const BLACK = 16;
const WHITE = 235;
const GROUND = 96;
/** A still grain in the lower third's ground, so that a keyframe takes several network packets, as a camera's does. */
const GRAIN = 10;
const GRAIN_TOP = 28;
const SIZE_LIMIT = 2_000_000;

/** @typedef {(typeof STREAMS)[number]} Stream */

/**
 * Five columns by seven rows a glyph; each number is a row, its lowest bit the rightmost column.
 * @type {Record<string, number[]>}
 */
const GLYPHS = {
  0: [14, 17, 19, 21, 25, 17, 14],
  1: [4, 12, 4, 4, 4, 4, 14],
  2: [14, 17, 1, 2, 4, 8, 31],
  3: [31, 2, 4, 2, 1, 17, 14],
  4: [2, 6, 10, 18, 31, 2, 2],
  5: [31, 16, 30, 1, 1, 17, 14],
  6: [6, 8, 16, 30, 17, 17, 14],
  7: [31, 1, 2, 4, 8, 8, 8],
  8: [14, 17, 17, 14, 17, 17, 14],
  9: [14, 17, 17, 15, 1, 2, 12],
  A: [14, 17, 17, 31, 17, 17, 17],
  B: [30, 17, 17, 30, 17, 17, 30],
  C: [14, 17, 16, 16, 16, 17, 14],
  F: [31, 16, 16, 30, 16, 16, 16],
  H: [17, 17, 17, 31, 17, 17, 17],
  I: [14, 4, 4, 4, 4, 4, 14],
  M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 25, 21, 19, 17, 17, 17],
  S: [15, 16, 16, 14, 1, 1, 30],
  U: [17, 17, 17, 17, 17, 17, 14],
  '.': [0, 0, 0, 0, 0, 12, 12],
  ' ': [0, 0, 0, 0, 0, 0, 0],
};

/** @param {Uint8Array} cells @param {string} text @param {number} top @param {number} size cells a dot */
function write(cells, text, top, size) {
  const left = Math.floor((COLUMNS - (text.length * 6 - 1) * size) / 2);
  [...text].forEach((character, position) =>
    GLYPHS[character]?.forEach((bits, row) => {
      for (let column = 0; column < 5; column++) {
        if (!((bits >> (4 - column)) & 1)) continue;
        fill(cells, left + (position * 6 + column) * size, top + row * size, size, size, WHITE);
      }
    }),
  );
}

/** @param {Uint8Array} cells @param {number} left @param {number} top @param {number} width @param {number} height @param {number} luma */
function fill(cells, left, top, width, height, luma) {
  for (let row = top; row < top + height; row++) cells.fill(luma, row * COLUMNS + left, row * COLUMNS + left + width);
}

/**
 * The 20 blocks of the machine-readable mark: start, channel (4), stream (1), picture (8), check (4), end.
 * @param {number} channel @param {number} stream @param {number} picture
 */
function markBits(channel, stream, picture) {
  const check = channel ^ (picture >> 4) ^ (picture & 15) ^ (stream * 10);
  /** @param {number} value @param {number} count */
  const bits = (value, count) => Array.from({ length: count }, (_, at) => (value >> (count - 1 - at)) & 1);
  return [1, 0, ...bits(channel, 4), stream, ...bits(picture, 8), ...bits(check, 4), 1];
}

/** @param {number} channel @param {Stream} stream @param {number} picture */
function drawCells(channel, stream, picture) {
  const cells = new Uint8Array(COLUMNS * ROWS).fill(GROUND);
  markBits(channel, stream.id, picture).forEach((bit, block) => fill(cells, block * 4, 0, 4, 4, bit ? WHITE : BLACK));
  write(cells, `CH ${channel} ${stream.name.toUpperCase()}`, 7, 1);
  write(cells, (picture / FPS).toFixed(2), 17, 2);
  write(cells, `F ${String(picture).padStart(3, '0')}`, 34, 1);
  fill(cells, picture % KEYFRAME_INTERVAL, 42, 4, 2, WHITE);
  return cells;
}

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
  const cells = drawCells(channel, stream, picture);
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
  const angle = (channel / CHANNELS.length) * 2 * Math.PI;
  const chroma = width * height;
  yuv.fill(128 + Math.round(40 * Math.cos(angle)), chroma, chroma * 1.25);
  yuv.fill(128 + Math.round(40 * Math.sin(angle)), chroma * 1.25);
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
  const [, sub] = STREAMS;
  const jpeg = ['-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '6', '-f', 'image2', `${folder}${channel}.jpg`];
  await encode([drawPicture(channel, sub, 0)], sub, jpeg);
}

let total = 0;
for (const name of await readdir(folder)) total += (await stat(folder + name)).size;
console.log(`packages/simulator/media: ${total} bytes`);
if (total > SIZE_LIMIT) throw new Error(`more than ${SIZE_LIMIT} bytes: raise -crf`);
