import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { completeOptions } from '../../src/shared/link/options.js';
import { ManualClock } from '../../src/shared/clock.js';
import type { RtspPacket } from '../../src/shared/index.js';
import { Rtsp } from '../../src/shared/rtsp/rtsp.js';
import { until } from '../support/until.js';

interface Asked {
  readonly method: string;
  readonly uri: string;
  readonly text: string;
}

/** Replies but for their CSeq; `undefined`: no answer. */
type Answer = (asked: Asked, socket: Socket) => string | undefined;

const SDP = 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:video\r\n';
const reply = (status: string, headers = '', body = '') =>
  `RTSP/1.0 ${status}\r\n${headers}${body && `Content-Length: ${body.length}\r\n`}%CSEQ%\r\n${body}`;
const ok = reply('200 OK');

/** A recorder that is content with everything. */
const good: Answer = ({ method }) => {
  if (method === 'DESCRIBE') return reply('200 OK', '', SDP);
  if (method === 'SETUP') return reply('200 OK', 'Session: 7;timeout=40\r\n');
  return ok;
};

describe('An odd RTSP server', () => {
  let server: Server;
  let rtsp: Rtsp;
  let asked: Asked[] = [];
  let sockets: Socket[];
  let clock: ManualClock;
  const methods = () => asked.map(({ method }) => method);
  const errors: string[] = [];

  afterEach(async () => {
    await rtsp.close();
    expect(clock.pending).toBe(0);
    await until('all closed', () => sockets.every((socket) => socket.destroyed));
    await new Promise((resolve) => server.close(resolve));
  });

  async function open(answer: Answer, packet: (packet: RtspPacket) => void = () => undefined, signal?: AbortSignal) {
    asked = [];
    sockets = [];
    clock = new ManualClock(1_700_000_000_000);
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        for (const text of chunk.toString().split(/(?<=\r\n\r\n)(?=[A-Z_]+ rtsp)/)) {
          const [, method = '', uri = ''] = /^(\S+) (\S+)/.exec(text) ?? [];
          asked.push({ method, uri, text });
          const cseq = /CSeq: \d+\r\n/.exec(text)?.[0] ?? '';
          const answered = answer({ method, uri, text }, socket);
          if (answered !== undefined) socket.write(answered.replace('%CSEQ%', cseq));
        }
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const logger = { debug() {}, info() {}, warn() {}, error: (line: string) => void errors.push(line) };
    const settings = completeOptions({ host: '127.0.0.1', username: 'u', password: 'pass', clock, logger });
    rtsp = new Rtsp(settings, () => Promise.resolve(port));
    return rtsp.open({ channel: 1, stream: 'main', from: 1_700_000_000_000, session: 's' }, packet, { signal });
  }

  it('without login, GET_PARAMETER, base and numbers is fine', async () => {
    await using stream = await open((request, socket) => good(request, socket)?.replace('%CSEQ%', ''));
    expect(asked.map(({ method, uri }) => `${method} ${uri.replace(/:\d+/, '')}`)).toEqual([
      'OPTIONS rtsp://127.0.0.1/playback/1/0?time=1700000000&session=s',
      'DESCRIBE rtsp://127.0.0.1/playback/1/0?time=1700000000&session=s',
      'SETUP rtsp://127.0.0.1/playback/1/0?time=1700000000&session=s/video',
      'PLAY rtsp://127.0.0.1/playback/1/0?time=1700000000&session=s',
    ]);
    clock.advance(20_000);
    await until('a ping', () => methods().length === 5);
    expect(methods().at(-1)).toBe('OPTIONS');
    expect(asked.at(-1)?.text).toMatch(/Session: 7\r\n/);
    await stream.close();
  });

  it('is asked for a sign of life again and again, and is gone without', async () => {
    let silent = false;
    const stream = await open((request, socket) => {
      if (silent) return undefined;
      if (request.method === 'OPTIONS') return reply('200 OK', 'Public: OPTIONS, GET_PARAMETER\r\n');
      return request.method === 'GET_PARAMETER' ? reply('455 Not Now') : good(request, socket);
    });
    for (let ping = 1; ping <= 2; ping++) {
      await until('the last answer', () => clock.pending === 1);
      clock.advance(20_000);
      await until('a ping', () => methods().filter((method) => method === 'GET_PARAMETER').length === ping);
    }
    silent = true;
    await until('the last answer', () => clock.pending === 1);
    clock.advance(20_000);
    await until('a ping', () => clock.pending === 1);
    clock.advance(10_000);
    expect(await stream.ended).toMatchObject({ code: 'NVR_TIMEOUT' });
  });

  it('may choose other channels, and send what nobody asked for', async () => {
    const packets: RtspPacket[] = [];
    await using stream = await open(
      (request, socket) => {
        if (request.method !== 'SETUP') return good(request, socket);
        return reply('200 OK', 'Session: 7\r\nTransport: RTP/AVP/TCP;unicast;interleaved=8-9\r\n');
      },
      (packet) => {
        packets.push(packet);
        throw new Error('out of paper');
      },
    );
    sockets[0]?.write(Buffer.from('$\x00\x00\x01a$\x08\x00\x01b$\x09\x00\x01c', 'latin1'));
    await until('packets', () => packets.length === 2);
    expect(packets.map(({ kind, data }) => `${kind} ${data.toString()}`)).toEqual(['rtp b', 'rtcp c']);
    expect(errors.join()).toMatch(/out of paper/);
    expect(stream.tracks).toHaveLength(1);
  });

  it.each<[string, Answer, string]>([
    ['only knows Basic', () => reply('401 No', 'WWW-Authenticate: Basic realm="x"\r\n'), 'LOGIN_REJECTED'],
    [
      'always has a new nonce',
      () => reply('401 No', `WWW-Authenticate: Digest realm="x", nonce="${Math.random()}"\r\n`),
      'LOGIN_REJECTED',
    ],
    ['is busy', () => reply('503 Later'), 'NVR_UNAVAILABLE'],
    ['has nothing', () => reply('404 Not Found'), 'NVR_REFUSED'],
    ['sends elsewhere', () => reply('302 Moved', 'Location: rtsp://evil/\r\n'), 'NVR_REFUSED'],
    ['describes nothing', ({ method }) => (method === 'DESCRIBE' ? reply('200 OK', '', 'v=0') : ok), 'INVALID_REPLY'],
    [
      'gives no session',
      (request, socket) => (request.method === 'SETUP' ? ok : good(request, socket)),
      'INVALID_REPLY',
    ],
    [
      'wants UDP',
      (request, socket) =>
        request.method === 'SETUP'
          ? reply('200 OK', 'Session: 7\r\nTransport: RTP/AVP;unicast\r\n')
          : good(request, socket),
      'NVR_REFUSED',
    ],
    ['speaks HTTP', () => 'HTTP/1.1 400 Bad Request\r\n\r\n', 'INVALID_REPLY'],
    ['hangs up', (_, socket) => void socket.destroy(), 'NVR_UNREACHABLE'],
    ['describes without end', () => 'RTSP/1.0 200 OK\r\nContent-Length: 1000000\r\n\r\n', 'REPLY_TOO_LARGE'],
  ])('that %s is an error', async (_, answer, code) => {
    await expect(open(answer)).rejects.toMatchObject({ code });
    expect(methods().filter((method) => method === 'OPTIONS').length).toBeLessThanOrEqual(2);
  });

  it('that renews its nonce is answered once more', async () => {
    let nonce = 1;
    const answer: Answer = (request, socket) => {
      if (request.text.includes(`nonce="${nonce}"`)) return good(request, socket);
      return reply('401 No', `WWW-Authenticate: Digest realm="x", nonce="${nonce}", stale=true\r\n`);
    };
    await using stream = await open(answer);
    nonce = 2;
    await stream.control({ command: 'pause' });
    expect(methods().filter((method) => method === 'SET_PARAMETER')).toHaveLength(2);
  });

  it.each<[string, Answer, string]>([
    ['in its body', () => reply('200 OK', '', '{"Result":"Error","Description":"no"}'), 'NVR_REFUSED'],
    ['by its status', () => reply('451 Parameter Not Understood'), 'NVR_REFUSED'],
    ['by hanging up', (_, socket) => void socket.destroy(), 'OUTCOME_UNKNOWN'],
  ])('that refuses a command %s is told', async (_, answer, code) => {
    await using stream = await open((request, socket) =>
      request.method === 'SET_PARAMETER' ? answer(request, socket) : good(request, socket),
    );
    await expect(stream.control({ command: 'pause' })).rejects.toMatchObject({ code });
    expect(asked.find(({ method }) => method === 'SET_PARAMETER')?.text).toMatch(
      /Content-Type: application\/json\r\nContent-Length: 19\r\n\r\n{"command":"pause"}$/,
    );
  });

  it('that takes its time can be left while the stream opens', async () => {
    const reason = new Error('enough');
    const abort = new AbortController();
    const silent: Answer = (request, socket) => (request.method === 'PLAY' ? undefined : good(request, socket));
    const opening = open(silent, undefined, abort.signal);
    const outcome = expect(opening).rejects.toBe(reason);
    await until('PLAY', () => asked.some(({ method }) => method === 'PLAY'));
    abort.abort(reason);
    await outcome;
  });

  it('that hangs up while it plays ends the stream', async () => {
    const stream = await open(good);
    sockets[0]?.destroy();
    expect(await stream.ended).toMatchObject({ code: 'NVR_UNREACHABLE' });
  });

  it('that never says good-bye is left all the same', async () => {
    const stream = await open((request, socket) => (request.method === 'TEARDOWN' ? undefined : good(request, socket)));
    const closing = stream.close();
    await until('TEARDOWN', () => methods().includes('TEARDOWN'));
    clock.advance(1000);
    await closing;
    expect(await stream.ended).toBeUndefined();
  });
});
