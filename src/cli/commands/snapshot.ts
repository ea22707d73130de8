import { Type } from 'typebox';
import { newestSnapshot } from '../../shared/index.js';
import { showTime, writeWhole } from '../../shared/internal.js';
import { jpegSize } from '../../shared/codec/index.js';
import { channelOption, type Command } from '../command.js';
import { EXIT, Failure } from '../failure.js';

export const snapshot: Command = {
  name: 'snapshot',
  summary: 'Take a picture of a camera (JPEG)',
  description: ['By the NVR’s own means; the file that it makes on its disk for that is deleted again.'],
  options: {
    channel: channelOption,
    output: {
      value: 'file',
      short: 'o',
      description: 'Where the picture goes; "-" is stdout.',
      otherwise: 'stdout where that is no terminal',
    },
    stored: { type: 'flag', description: 'The newest picture on the disk of the NVR instead of a fresh one.' },
  },
  connects: true,
  answers: {
    '': Type.Object({
      file: Type.String(),
      channel: Type.Integer(),
      bytes: Type.Integer(),
      width: Type.Optional(Type.Integer()),
      height: Type.Optional(Type.Integer()),
      taken: Type.Optional(Type.String()),
    }),
  },
  examples: [
    ['everfocus snapshot -c 2 -o gate.jpg', 'saves what camera 2 shows now'],
    ['everfocus snapshot | display -', 'hands the picture to a program'],
  ],
  async run({ given, out, signal, connect }) {
    const channel = given.number('channel') ?? 1;
    const path = given.text('output') ?? (out.isTerminal || out.json ? undefined : '-');
    if (path === undefined) throw new Failure('USAGE', 'snapshot: say by --output where the picture goes');
    const client = await connect();
    const stored = given.flag('stored') ? await newestSnapshot(client, channel, { signal }) : undefined;
    if (given.flag('stored') && !stored)
      throw new Failure('NOTHING_FOUND', `the NVR keeps no picture of channel ${channel}`);
    const jpeg = stored?.jpeg ?? (await client.takeSnapshot(channel, { signal }));
    if (path === '-') {
      await out.bytes(jpeg, signal);
      return EXIT.ok;
    }
    await writeWhole(path, (file) => file.writeFile(jpeg));
    const { width, height } = jpegSize(jpeg) ?? {};
    const about = { file: path, channel, bytes: jpeg.length, width, height, ...(stored && { taken: stored.taken }) };
    if (out.json) out.document(about);
    else {
      const taken = stored ? `, taken ${showTime(stored.taken)}` : '';
      out.line(`${path}: ${width} x ${height}, ${jpeg.length} bytes${taken}`);
    }
    return EXIT.ok;
  },
};
