import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../support/until.js';

async function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    const listening = once(socket, 'listening');
    socket.bind(port, '127.0.0.1');
    await listening;
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

/** An even UDP port whose neighbour is free too: ffmpeg takes both. */
async function freePortPair(): Promise<number> {
  return until('two free ports', async () => {
    const port = 20_000 + 2 * Math.floor(Math.random() * 15_000);
    return (await isFree(port)) && (await isFree(port + 1)) && port;
  });
}

export interface ReceivedMedia {
  readonly master: { key: Buffer; salt: Buffer };
  readonly media: 'audio' | 'video';
  readonly payloadType: number;
  /** As SDP has it, `H264/90000`. */
  readonly encoding: string;
}

/** ffmpeg as a receiver of SRTP: it authenticates, decrypts, depacketizes and decodes by its own code. */
export class Receiver implements AsyncDisposable {
  readonly port: number;
  readonly #process;
  readonly #folder: string;
  #output = '';
  complaints = '';

  private constructor(ffmpeg: string, port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
    const input = ['-protocol_whitelist', 'file,crypto,udp,rtp,srtp', '-i', join(folder, 'session.sdp')];
    this.#process = spawn(ffmpeg, [
      '-loglevel',
      'warning',
      ...input,
      '-f',
      'framecrc',
      '-flush_packets',
      '1',
      'pipe:1',
    ]);
    this.#process.stdout.on('data', (text: Buffer) => (this.#output += text.toString()));
    this.#process.stderr.on('data', (text: Buffer) => (this.complaints += text.toString()));
  }

  static async start(ffmpeg: string, { media, master, payloadType, encoding }: ReceivedMedia): Promise<Receiver> {
    const port = await freePortPair();
    const folder = await mkdtemp(join(tmpdir(), 'receiver-'));
    const key = Buffer.concat([master.key, master.salt]).toString('base64');
    const lines = [
      'v=0',
      'o=- 0 0 IN IP4 127.0.0.1',
      's=test',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=${media} ${port} RTP/SAVP ${payloadType}`,
      `a=rtpmap:${payloadType} ${encoding}`,
      ...(media === 'video' ? [`a=fmtp:${payloadType} packetization-mode=1`] : []),
      `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}`,
    ];
    await writeFile(join(folder, 'session.sdp'), `${lines.join('\r\n')}\r\n`);
    const receiver = new Receiver(ffmpeg, port, folder);
    await until('ffmpeg listens', async () => !(await isFree(port)));
    return receiver;
  }

  /** Frames decoded so far. */
  get frames(): number {
    return this.#output.split('\n').filter((line) => /^0,/.test(line)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'close');
    this.#process.kill('SIGKILL');
    await ended;
    await rm(this.#folder, { recursive: true });
  }
}
