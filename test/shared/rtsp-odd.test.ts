import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { completeOptions } from '../../src/shared/link/options.js';
import { ManualClock } from '../../src/shared/clock.js';
import type { RtspPacket } from '../../src/shared/index.js';
import type { LimitCounters } from '../../src/shared/limit-counters.js';
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
  let counters: LimitCounters;
  const limitsHit = () => counters.hits.map(({ limit }) => limit);
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
    counters = settings.limits;
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
    // In steps: the answer to the last question may still be on its way.
    const pass = (what: string, condition: () => boolean) =>
      until(what, () => {
        if (condition()) return true;
        clock.advance(250);
        return false;
      });
    const pings = () => methods().filter((method) => method === 'GET_PARAMETER').length;
    const begun = clock.now();
    await pass('pings', () => pings() === 2);
    expect(clock.now() - begun).toBeGreaterThanOrEqual(40_000);
    silent = true;
    let over = false;
    void stream.ended.then(() => (over = true));
    await pass('the end', () => over);
    expect(pings()).toBe(3);
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

  describe('that leaves out packets', () => {
    const rtp = (number: number, ...payload: number[]) => {
      const data = Buffer.from([0x80, 96, number >> 8, number & 0xff, ...new Array<number>(8).fill(0), ...payload]);
      return Buffer.concat([Buffer.from([0x24, 0, 0, data.length]), data]);
    };
    const idr = [0x65, 0x88, 0x84];
    const delta = [0x41, 0x9a, 0x02];

    it.each<[string, number[]]>([
      ['an IDR', idr],
      ['a sequence parameter set', [0x67, 0x64, 0, 0x1f]],
      ['several NAL units, the first of them one', [24, 0, 4, 0x67, 0x64, 0, 0x1f]],
      ['the first piece of an IDR', [0x7c, 0x85, 0x88, 0x84]],
      ['an I slice that is no IDR', [0x41, 0x88, 0x80]],
    ])('hands on none of video until %s, unless asked for all', async (_case, keyframe) => {
      const numbers: number[] = [];
      const note = ({ data }: RtspPacket) => void numbers.push(data.readUInt16BE(2));
      const stream = await open(good, note);
      const middle = [0x7c, 0x05, 0x88];
      const packets = [
        rtp(65_534, ...idr),
        rtp(65_535, ...delta),
        rtp(0, ...delta),
        rtp(2, ...delta),
        rtp(3, ...middle),
      ];
      sockets[0]?.write(Buffer.concat([...packets, rtp(4, ...keyframe), rtp(5, ...delta)]));
      await until('the last', () => numbers.at(-1) === 5);
      expect(numbers).toEqual([65_534, 65_535, 0, 4, 5]);
      expect(stream.withheld).toBe(2);
      numbers.length = 0;
      await stream.control({ command: 'backward' });
      sockets[0]?.write(Buffer.concat([rtp(9, ...delta), rtp(11, ...delta)]));
      await until('what comes backward', () => numbers.length === 2);
      await stream.close();
      const all = await rtsp.open({ channel: 1, stream: 'main' }, note, { all: true });
      numbers.length = 0;
      sockets[1]?.write(Buffer.concat(packets));
      await until('all', () => numbers.length === packets.length);
      await all.close();
    });
  });

  it('that drips its answers is given up after 30 s', async () => {
    const opening = open(() => undefined);
    const failed = expect(opening).rejects.toMatchObject({ code: 'NVR_TIMEOUT' });
    await until('the connection', () => asked.length === 1);
    clock.advance(9000);
    sockets[0]?.write('RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n');
    for (const cseq of [2, 3, 4]) {
      await until('the next question', () => asked.length === cseq);
      clock.advance(9000);
      const [headers, body] = cseq === 2 ? [`Content-Length: ${SDP.length}\r\n`, SDP] : ['Session: 7\r\n', ''];
      sockets[0]?.write(`RTSP/1.0 200 OK\r\nCSeq: ${cseq}\r\n${headers}\r\n${body}`);
    }
    await failed;
    expect(limitsHit()).toEqual(['rtsp.opening']);
  });

  it.each<[string, Answer]>([
    ['rtsp.body', () => 'RTSP/1.0 200 OK\r\nContent-Length: 1000000\r\n\r\n'],
    ['rtsp.fields', () => `RTSP/1.0 200 OK\r\n${'a: b\r\n'.repeat(100)}\r\n`],
    ['rtsp.head', () => `RTSP/1.0 200 OK\r\na: ${'b'.repeat(20_000)}`],
  ])('that runs into %s is counted', async (limit, answer) => {
    await expect(open(answer)).rejects.toMatchObject({ code: 'REPLY_TOO_LARGE', limit });
    expect(limitsHit()).toEqual([limit]);
  });

  it.each([
    ['replies', 'RTSP/1.0 200 OK\r\n\r\n'],
    ['replies to what was answered', 'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n'],
    ['requests', 'OPTIONS * RTSP/1.0\r\n\r\n'],
  ])('that floods the stream with %s is left, and that is counted', async (_, message) => {
    await using stream = await open(good);
    sockets[0]?.write(message.repeat(200));
    expect(await stream.ended).toMatchObject({ code: 'REPLY_TOO_LARGE', limit: 'rtsp.replies' });
    expect(limitsHit()).toEqual(['rtsp.replies']);
  });

  it('that floods the stream with packets leaves others their turn', async () => {
    let [packets, before, most] = [0, 0, 0];
    const many = 1_000_000;
    await using stream = await open(good, () => void (packets += 1));
    sockets[0]?.write(Buffer.alloc(many * 4, Buffer.from([0x24, 0, 0, 0])));
    while (packets < many) {
      await new Promise(setImmediate);
      most = Math.max(most, packets - before);
      before = packets;
    }
    // As many as 64 KiB hold.
    expect(most).toBeLessThanOrEqual(16_384 + 1);
    await stream.close();
  });

  it.each<[string, string, string]>([
    ['rtsp.line', `X-Words: ${'b'.repeat(5000)}\r\n`, ''],
    ['rtsp.line', '', `a=${'b'.repeat(5000)}\r\n`],
    ['rtsp.lines', '', 'a=b\r\n'.repeat(1000)],
    ['rtsp.tracks', '', 'm=audio 0 RTP/AVP 0\r\n'.repeat(20)],
    ['rtsp.parameters', '', `m=audio 0 RTP/AVP 0\r\na=fmtp:0 ${'a=b;'.repeat(50)}\r\n`],
  ])('plays without what exceeds %s, and that is counted', async (limit, field, lines) => {
    await using stream = await open((request, socket) =>
      request.method === 'DESCRIBE' ? reply('200 OK', field, SDP + lines) : good(request, socket),
    );
    expect(stream.tracks[0]).toMatchObject({ media: 'video' });
    expect(limitsHit()).toEqual([limit]);
    await stream.close();
  });

  it('that repeats the password is quoted without it, and in short', async () => {
    const words = `you are pass\u0007${'x'.repeat(5000)}`;
    await expect(open(() => reply(`404 ${words}`))).rejects.toMatchObject({
      message: expect.stringMatching(
        /^RTSP OPTIONS: the NVR refused: RTSP status 404 you are \*\*\*.{900,1100}$/,
      ) as unknown,
    });
    await rtsp.close();
    server.close();
    await using stream = await open((request, socket) =>
      request.method === 'SET_PARAMETER'
        ? reply('200 OK', '', JSON.stringify({ Result: 'Error', Description: words }))
        : good(request, socket),
    );
    await expect(stream.control({ command: 'pause' })).rejects.toMatchObject({
      code: 'NVR_REFUSED',
      description: expect.stringMatching(/^you are \*\*\* x{900,1000}…$/) as unknown,
    });
    await stream.close();
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
