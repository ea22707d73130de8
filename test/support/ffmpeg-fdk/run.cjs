// usage: node run.cjs <core> <folder> <ffmpeg arguments>: runs ffmpeg on the files of a folder, which it sees as /.
const { readFileSync, readdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const process = require('node:process');

const [core = '', folder = '', ...args] = process.argv.slice(2);
// It would fetch its own code by a URL.
Reflect.deleteProperty(globalThis, 'fetch');

/** @type {any} */
let ffmpeg;
const options = {
  mainScriptUrlOrBlob: core,
  wasmBinary: readFileSync(join(dirname(core), 'ffmpeg-core.wasm')),
  /** @param {string} line */
  print: (line) => line === 'FFMPEG_END' && finish(),
  /** @param {string} line */
  printErr: (line) => process.stderr.write(`${line}\n`),
};

void require(core)(options).then((/** @type {any} */ loaded) => {
  ffmpeg = loaded;
  for (const name of readdirSync(folder)) ffmpeg.FS.writeFile(`/${name}`, readFileSync(join(folder, name)));
  const texts = ['ffmpeg', '-nostdin', '-hide_banner', '-loglevel', 'error', '-y', ...args].map((text) => {
    const at = ffmpeg._malloc(text.length + 1);
    ffmpeg.writeAsciiToMemory(text, at);
    return at;
  });
  const list = ffmpeg._malloc(4 * texts.length);
  for (const [index, at] of texts.entries()) ffmpeg.setValue(list + 4 * index, at, 'i32');
  ffmpeg.cwrap('proxy_main', 'number', ['number', 'number'])(texts.length, list);
});

function finish() {
  const { FS } = ffmpeg;
  const made = FS.readdir('/').filter((/** @type {string} */ name) => FS.isFile(FS.stat(`/${name}`).mode));
  for (const name of made) writeFileSync(join(folder, name), FS.readFile(`/${name}`));
  process.exit(0);
}
