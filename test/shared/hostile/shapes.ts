import { gzipSync } from 'node:zlib';

const KiB = 1024;
const MiB = 1024 * KiB;

/** A body of about that many bytes. */
type Shape = (size: number) => string | Buffer;

const repeated = (unit: string, size: number) => unit.repeat(Math.max(1, Math.floor(size / Buffer.byteLength(unit))));
const numbered = (size: number, item: (index: number) => string) => {
  const items: string[] = [];
  for (let length = 0, index = 0; length < size; index++) length += (items[index] = item(index)).length + 1;
  return items.join();
};
/** Deterministic, so that what was found once is found again. */
function noise(size: number, signs: string): string {
  let state = 20_191_126;
  let text = '';
  for (let index = 0; index < Math.min(size, MiB); index++) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    text += signs.charAt(state % signs.length);
  }
  return repeated(text, size);
}

/** What an NVR might answer instead of what is due. */
export const shapes: Readonly<Record<string, Shape>> = {
  'a list of numbers': (size) => `[${repeated('0,', size)}0]`,
  'a list of huge numbers': (size) => `[${repeated('1e308,', size)}1e999]`,
  'a list of lists': (size) => `[${repeated('[],', size)}[]]`,
  'a list of objects': (size) => `[${repeated('{},', size)}{}]`,
  'a list of short texts': (size) => `[${repeated('"a",', size)}""]`,
  'a list of cameras': (size) => `[${numbered(size, (index) => `{"ChannelID":${index},"Name":"x","Online":"true"}`)}]`,
  'cameras of absurd numbers': (size) => `[${repeated('{"ChannelID":1e308,"ChannelID":"9e99"},', size)}{}]`,
  'an enveloped list': (size) => `{"Result":[${repeated('{"a":1},', size)}{}]}`,
  'an object of many names': (size) => `{${numbered(size, (index) => `"k${index}":0`)}}`,
  'an object of numbers as names': (size) => `{${numbered(size, (index) => `"${index * 65_537}":0`)}}`,
  'objects of ever new names': (size) => `[${numbered(size, (index) => `{"a${index}":1}`)}]`,
  'maps of ever new channels': (size) => `{${numbered(size, (index) => `"CH${index}":"-"`)}}`,
  prototypes: (size) => `{${repeated('"__proto__":{"a":1},"constructor":{},', size)}"Result":"OK"}`,
  'a deep list': (size) => '['.repeat(size / 2) + ']'.repeat(size / 2),
  'a deep object': (size) => `${'{"a":'.repeat(size / 6)}0${'}'.repeat(size / 6)}`,
  'a deep description': (size) =>
    `{"Result":"Error","Description":${'{"a":'.repeat(size / 6)}0${'}'.repeat(size / 6)}}`,
  'depth in a text': (size) => JSON.stringify(`${'['.repeat(size / 2)}${']'.repeat(size / 2)}`),
  'depth without end': (size) => repeated('[', size),
  'quotes without end': (size) => `{"Result":"${repeated('a', size)}`,
  backslashes: (size) => `["${repeated('\\\\', size)}"]`,
  'a backslash at the end': (size) => `["${repeated('\\', size)}`,
  escapes: (size) => `["${repeated('\\u0041', size)}"]`,
  'a long text': (size) => `{"Result":"OK","Description":"${repeated('x', size)}"}`,
  'a long error': (size) => `{"Result":"Error","Description":"${repeated('log in\\u0007\\r\\n[warn] ', size)}"}`,
  'an error of passwords': (size) => `{"Result":"Error","Description":"${repeated('password: \\"', size)}"}`,
  'an error of names': (size) => `{"Result":"Error","Description":"${repeated('pwd', size)}"}`,
  'an error of keys': (size) => `{"Result":"Error","Description":"${repeated('-----BEGIN PRIVATE KEY', size)}"}`,
  'an error of addresses': (size) => `{"Result":"Error","Description":"${repeated('a://b:', size)}"}`,
  'a long result': (size) => `{"Result":"${repeated(' ', size)}OK"}`,
  'a long name': (size) => `{"${repeated('a', size)}":1}`,
  'long names': (size) => `[${repeated(`{"${'b'.repeat(300)}":1},`, size)}{}]`,
  spaces: (size) => `[${repeated(' ', size)}]`,
  'only spaces': (size) => repeated(' \n', size),
  NULs: (size) => repeated('\0', size),
  'NULs around': (size) => `${repeated('\0', size / 2)}{"Result":"OK"}${repeated('\0', size / 2)}`,
  'byte order marks': (size) => repeated('\ufeff', size),
  'control characters': (size) => repeated('\u0001\u001b[2J\r', size),
  'bare words': (size) => repeated('ok ', size),
  'a number without end': (size) => repeated('9', size),
  commas: (size) => repeated(',', size),
  'single quotes': (size) => `['${repeated("a','", size)}']`,
  'smart quotes': (size) => `{“Result”: “${repeated('“', size)}`,
  JSON5: (size) => `{${numbered(size, (index) => `k${index}: +.5`)},}`,
  'comments of JSON5': (size) => `[${repeated('/**/', size)}0,]`,
  'documents on end': (size) => repeated('{}', size),
  'documents by lines': (size) => repeated('{"ChannelID":1,"Type":"Motion","State":"active"}\n', size),
  'a comment of HTML without end': (size) => repeated('<!--', size),
  'comments of HTML': (size) => `${repeated('<!-- -->', size)}<html>`,
  'half comments of HTML': (size) => repeated('<!-- --', size),
  tags: (size) => repeated('<a ', size),
  'a web page': (size) => `<!doctype html>${repeated('<p>log in</p>', size)}`,
  XML: (size) => `<?xml version="1.0"?><config>${repeated('<a>1</a>', size)}</config>`,
  'bytes of no text': (size) => Buffer.alloc(size, 0xff),
  'a picture': (size) => Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(size)]),
  'a clip': (size) => Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(size)]),
  'packed zeros': (size) => gzipSync(Buffer.alloc(size * 10, '0')),
  'structure at random': (size) => noise(size, '[]{}",:0a \\\''),
  'letters at random': (size) => noise(size, 'abcdefghijklmnopqrstuvwxyz<>-!&;"\' \n'),
  'smart structure at random': (size) => `[${noise(size, '“”"\'[]{},:\\a')}`,
  pictograms: (size) => `["${repeated('👨‍👩‍👧', size)}"]`,
  'half characters': (size) => `["${repeated('\\ud83d', size)}"]`,
};
