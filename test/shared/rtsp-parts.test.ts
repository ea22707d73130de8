import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NvrError } from '../../src/shared/errors.js';
import { limits } from '../../src/shared/limits.js';
import { redact } from '../../src/shared/redact.js';
import { type RtspTarget, rtspAddress } from '../../src/shared/rtsp/rtsp-address.js';
import { type Interleaved, MessageReader, type RtspReply } from '../../src/shared/rtsp/message-reader.js';
import { answerChallenge, readChallenge } from '../../src/shared/rtsp/rtsp-digest.js';
import { readSessionDescription } from '../../src/shared/rtsp/session-description.js';
import { anyText } from '../support/arbitrary.js';
import { leastWork } from '../support/work.js';

describe('RTSP address', () => {
  const login = { username: 'us er', password: 'p/a:s@s?%' };

  it.each<[string, string, RtspTarget, string]>([
    ['live', '10.0.0.5', { channel: 2, stream: 'main' }, 'rtsp://10.0.0.5:554/live/2/0'],
    ['the sub stream', 'nvr.local', { channel: 1, stream: 'sub' }, 'rtsp://nvr.local:554/live/1/1'],
    ['IPv6', 'fe80::1', { channel: 1, stream: 'main' }, 'rtsp://[fe80::1]:554/live/1/0'],
    [
      'playback',
      '10.0.0.5',
      { channel: 3, stream: 'sub', from: new Date(1_700_000_000_000), session: 'a&b' },
      'rtsp://10.0.0.5:554/playback/3/1?time=1700000000&session=a%26b',
    ],
  ])('of %s', (_, host, target, expected) => {
    expect(rtspAddress(host, 554, target)).toBe(expected);
  });

  it('with a login is a URL that reads back, and hides it in logs', () => {
    const address = rtspAddress(
      '10.0.0.5',
      554,
      { channel: 1, stream: 'main', from: 1_700_000_000_999, session: 'secret' },
      login,
    );
    const url = new URL(address);
    expect([url.username, url.password].map(decodeURIComponent)).toEqual([login.username, login.password]);
    expect(redact(`playing ${address} now`)).toBe(
      'playing rtsp://***@10.0.0.5:554/playback/1/0?time=1700000000&session=*** now',
    );
  });
});

describe('RTSP digest', () => {
  const mufasa = { username: 'Mufasa', password: 'Circle Of Life' };

  it('without qop answers as RFC 2069 has it', () => {
    const challenge = readChallenge(['Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"']);
    if (!challenge) throw new Error('a challenge is due');
    // The values of RFC 2617 section 3.5, without qop.
    expect(answerChallenge(challenge, mufasa, 'GET', '/dir/index.html', 1)).toContain(
      'response="670fd8c2df070c60b045671b8b24ff02"',
    );
  });

  it.each([
    ['plain', ['Digest realm="a", nonce="b"'], { realm: 'a', nonce: 'b', opaque: undefined, auth: false }],
    [
      'among others',
      ['Basic realm="x"', 'digest realm="a, b", nonce=b, qop="auth-int,auth", algorithm=md5, opaque="o"'],
      { realm: 'a, b', nonce: 'b', opaque: 'o', auth: true },
    ],
    ['in one line', ['Basic realm="x", Digest realm="a", nonce="b"'], expect.objectContaining({ nonce: 'b' })],
    ['that would show the password', ['Basic realm="x"'], undefined],
    ['of an unknown kind', ['Digest realm="a", nonce="b", algorithm=SHA-256'], undefined],
    ['without nonce', ['Digest realm="a"'], undefined],
    ['none', [], undefined],
  ])('challenge %s', (_, fields, expected) => {
    expect(readChallenge(fields)).toEqual(expected);
  });
});

describe('Session description', () => {
  const base = 'rtsp://h/live/1/0';
  const sdp = (...lines: string[]) => ['v=0', ...lines].join('\r\n');

  it('names tracks, their format and address', () => {
    const { control, tracks } = readSessionDescription(
      sdp(
        'a=control:*',
        'm=video 0 RTP/AVP 96',
        'a=rtpmap:96 h265/90000',
        'a=fmtp:96 sprop-vps=QAE=; Sprop-SPS=Qg==',
        'a=control:trackID=1',
        'm=application 0 RTP/AVP 107',
        'a=control:trackID=2',
        'm=audio 0 RTP/AVP 0',
        'a=control:rtsp://h/other',
      ),
      base,
    );
    expect(control).toBe(base);
    expect(tracks).toEqual([
      {
        ...{ media: 'video', payloadType: 96, encoding: 'H265', clockRate: 90_000, control: `${base}/trackID=1` },
        parameters: new Map([
          ['sprop-vps', 'QAE='],
          ['sprop-sps', 'Qg=='],
        ]),
      },
      {
        ...{ media: 'audio', payloadType: 0, encoding: 'PCMU', clockRate: 8000, control: 'rtsp://h/other' },
        parameters: new Map(),
      },
    ]);
  });

  it.each([
    ['trackID=1', 'rtsp://h/live/1/0/', 'rtsp://h/live/1/0/trackID=1'],
    ['', base, base],
    ['track 1', base, `${base}/track`],
  ])('control %j of %s', (control, from, expected) => {
    expect(readSessionDescription(sdp('m=video 0 RTP/AVP 96', `a=control:${control}`), from).tracks[0]?.control).toBe(
      expected,
    );
  });

  it('never fails, whatever it says', () => {
    const reads = (text: string) => expect(readSessionDescription(text, base).tracks).toBeInstanceOf(Array);
    fc.assert(fc.property(anyText(), reads));
    const line = fc.constantFrom('m=video 0 RTP/AVP 96', 'm=audio', 'a=rtpmap:96 ', 'a=fmtp:96 ;=;a', 'a=control', '=');
    fc.assert(fc.property(fc.array(line), (lines) => reads(sdp(...lines))));
  });
});

describe('What comes over an RTSP connection', () => {
  /** In pieces of that length. */
  function readAll(bytes: Buffer, length = bytes.length): (RtspReply | Interleaved)[] {
    const reader = new MessageReader();
    const pieces = Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
      bytes.subarray(index * length, (index + 1) * length),
    );
    return pieces.flatMap((piece) => [...reader.read(piece)]);
  }
  const packet = Buffer.from([0x24, 2, 0, 3, 0x24, 0x0d, 0x0a]);
  const wire = Buffer.concat([
    Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\n$\r\n\r'),
    packet,
    Buffer.from('\r\nOPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n'),
    packet,
    Buffer.from('RTSP/1.0 454 Session Not Found\nX: a\nx : b\n\n'),
  ]);

  it.each([1, 2, 3, 7, 64, 1000])('is read in pieces of %i bytes', (length) => {
    const found = readAll(wire, length);
    expect(found).toMatchObject([
      { status: 200, reason: 'OK', body: Buffer.from('$\r\n\r') },
      { channel: 2, data: packet.subarray(4) },
      { channel: 2, data: packet.subarray(4) },
      { status: 454, reason: 'Session Not Found', body: Buffer.alloc(0) },
    ]);
    expect('headers' in (found[3] ?? {}) && (found[3] as RtspReply).headers.get('x')).toEqual(['a', 'b']);
  });

  it.each([
    ['something else', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'INVALID_REPLY'],
    ['an endless head', `RTSP/1.0 200 OK\r\n${'a: b\r\n'.repeat(4000)}`, 'REPLY_TOO_LARGE'],
    ['a huge body', 'RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n', 'REPLY_TOO_LARGE'],
    ['a body of no length', 'RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n', 'INVALID_REPLY'],
  ])('that is %s is an error', (_, text, code) => {
    expect(() => readAll(Buffer.from(text))).toThrow(expect.objectContaining({ code }));
  });

  it('is an error or nothing where it is no RTSP, and packets behind good replies are found', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(wire, packet, Buffer.from('\r\n'), Buffer.from('RTSP/1.0 ')),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 1, max: 200 }), (pieces, length) => {
        try {
          readAll(Buffer.concat(pieces), length);
        } catch (error) {
          expect(error).toBeInstanceOf(NvrError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('whatever an RTSP server sends', () => {
  const { line, fields } = limits.rtsp;
  const text = fc.stringMatching(/^[ -~\r\n\t]*$/).filter((one) => one.length < 200);

  it.each<[string, string]>([
    ['many fields', `RTSP/1.0 200 OK\r\n${'a: b\r\n'.repeat(fields + 1)}\r\n`],
    ['no end', 'x'.repeat(20_000)],
    ['a body without end', 'RTSP/1.0 200 OK\r\nContent-Length: 999999999\r\n\r\n'],
  ])('%s is refused', (_case, reply) => {
    expect(() => [...new MessageReader().read(Buffer.from(reply))]).toThrow(NvrError);
  });

  it.each<[string, (length: number) => unknown]>([
    ['a challenge of letters', (length) => readChallenge([`Digest ${'a'.repeat(length)}`])],
    ['a challenge of blanks', (length) => readChallenge([`Digest a${' '.repeat(length)}`])],
    ['a challenge of words', (length) => readChallenge(['Digest ' + 'digest '.repeat(length / 7)])],
    ['an open quote', (length) => readChallenge([`Digest ${'a="\\"'.repeat(length / 5)}`])],
    [
      'a description of media',
      (length) => readSessionDescription('m=video 0 RTP/AVP 96\r\n'.repeat(length / 20), 'rtsp://h'),
    ],
    ['a description of blanks', (length) => readSessionDescription(`m=video${' '.repeat(length)}`, 'rtsp://h')],
  ])('%s holds nobody up, not even 64 fields of the greatest length in one', (_case, read) => {
    expect(leastWork(() => void read(line * fields))).toBeLessThan(250);
  });

  it('is read, or refused, however it is cut; nothing of it holds control characters', () => {
    fc.assert(
      fc.property(fc.array(text), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (lines, cuts) => {
        const whole = Buffer.from(`RTSP/1.0 200 ${lines.join('\r\n')}\r\n\r\n`);
        const pieces: Buffer[] = [];
        for (let at = 0, index = 0; at < whole.length; index += 1) {
          const end = at + (cuts[index % cuts.length] ?? 1);
          pieces.push(whole.subarray(at, end));
          at = end;
        }
        const read = (chunks: readonly Buffer[]) => {
          const reader = new MessageReader();
          try {
            return chunks.flatMap((chunk) => [...reader.read(chunk)]);
          } catch (error) {
            expect(error).toBeInstanceOf(NvrError);
            return 'refused' as const;
          }
        };
        const [atOnce, inPieces] = [read([whole]), read(pieces)];
        // What was read before a refusal is not told of here.
        if (atOnce !== 'refused') expect(inPieces).toEqual(atOnce);
        for (const message of typeof atOnce === 'string' ? [] : atOnce) {
          if (!('status' in message)) continue;
          const texts = [message.reason, ...[...message.headers].flat(2)];
          // eslint-disable-next-line no-control-regex
          expect(texts.filter((one) => /[\0-\x08\x0a-\x1f]/.test(one))).toEqual([]);
        }
      }),
    );
  });
});
