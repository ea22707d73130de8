import type { Alterations } from './altered-nvr.js';

const MEGABYTE = 1_000_000;
const list = 'GET /device/cameraList';
const listOf = (count: number, camera: (channel: number) => object) =>
  JSON.stringify(Array.from({ length: count }, (_, index) => camera(index + 1)));
const deep = `${'['.repeat(MEGABYTE)}${']'.repeat(MEGABYTE)}`;
const forged = (text: string) => `\u001b[2J\u0000${text}\r\n[1/1/2027, 00:00:00] [Forged] all is well\u2028\u009b`;
const everything = (answer: string | readonly [number, string]): Alterations => ({
  answers: {
    [list]: answer,
    ...{ 'GET /system/getSystemInfo': answer, 'GET /device/cameraStatus': answer },
    ...{ 'GET /dio/GetGPIOInfo': answer, 'GET /dio/GetPinStatus': answer, 'GET /storage/getStorages': answer },
  },
});

/** NVRs as no host would like to have them, by what is wrong with them. */
export const hostilities: Readonly<Record<string, Alterations>> = {
  'cameras of 4 MB': {
    answers: { [list]: listOf(4, (channel) => ({ ChannelID: channel, DeviceName: 'x'.repeat(MEGABYTE) })) },
  },
  'everything nested': everything(deep),
  'everything of 100,000 entries': everything(listOf(100_000, (channel) => ({ ChannelID: channel, ch: channel }))),
  '45,000 cameras': { answers: { [list]: listOf(45_000, (channel) => ({ ChannelID: channel, Enable: false })) } },
  'forged names': {
    answers: {
      [list]: listOf(1, (channel) => ({ ChannelID: channel, DeviceName: forged('x'.repeat(3000)) })),
      'GET /system/getSystemInfo': JSON.stringify({
        ...{ model: forged('model'), software_version: forged('1'), device_name: forged('name') },
      }),
    },
  },
  'forged errors': everything([500, JSON.stringify({ Result: 'Error', Description: forged('x'.repeat(200_000)) })]),
  'forged refusals': everything([403, forged('x'.repeat(200_000))]),
  'types of 1 MB': {
    messages: {
      '/meta/eventHook': ['Motion', forged('x'), 'y'].map((word) =>
        JSON.stringify([{ ChannelID: 1, Type: word.padEnd(MEGABYTE, word), State: 'active' }]),
      ),
    },
  },
};

/** What is longer than that, steers a terminal or pretends to be a line of its own. */
export function badLinesOf(lines: readonly string[], longest: number): readonly string[] {
  const bad = lines.filter((line) => line.length > longest || /[\p{Cc}\u2028\u2029]|^.{0,30}\[Forged\]/u.test(line));
  return bad.map((line) => JSON.stringify(line.slice(0, 300)));
}
