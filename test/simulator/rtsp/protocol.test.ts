import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import fc from 'fast-check';
import { ManualClock } from '../../../src/shared/clock.js';
import { Simulator } from '../../../packages/simulator/src/index.js';
import { RequestReader } from '../../../packages/simulator/src/rtsp/request-reader.js';
import { RtspRefusal } from '../../../packages/simulator/src/rtsp/rtsp-refusal.js';
import { until } from '../../support/until.js';
import { Visitor } from '../visitor.js';
import { RtspVisitor } from './rtsp-visitor.js';

/** 2023-11-14 22:13:20 UTC */
const START = 1_700_000_000;
const TCP = { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' };
const playback = `/playback/1/1?time=${START - 1000}&session=s`;

describe('The RTSP port', () => {
  let clock: ManualClock;
  let simulator: Simulator;
  let visitor: RtspVisitor;

  beforeEach(async () => {
    clock = new ManualClock(START * 1000);
    simulator = await Simulator.start({ cameras: 2, rtspPort: 0, clock });
    visitor = await RtspVisitor.challenged(simulator);
  });
  afterEach(async () => {
    visitor.leave();
    await simulator.stop();
    expect(simulator.rtspSessions).toBe(0);
    expect(clock.pending).toBe(0);
  });
  const why = () => simulator.refused.map((refused) => refused.why);

  it('is told by getPort', async () => {
    const { json } = await (await Visitor.loggedIn(simulator)).get('/network/getPort');
    expect(json).toMatchObject({ rtsp_port: simulator.rtspPort });
  });

  it('says what it can do, to anybody', async () => {
    const { status, headers } = await visitor.raw('OPTIONS', '*', {});
    expect(status).toBe(200);
    expect(headers['public']).toBe('OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER');
  });

  it('describes a stream', async () => {
    const { headers, body } = await visitor.ask('DESCRIBE', '/live/2/1', { Accept: 'application/sdp' });
    expect(headers['content-type']).toBe('application/sdp');
    expect(body).toMatch(/^v=0\r\n/);
    expect(body).toMatch(/m=video 0 RTP\/AVP 96\r\na=rtpmap:96 H264\/90000\r\n/);
    expect(body).toMatch(
      /packetization-mode=1; profile-level-id=64[0-9a-f]{4}; sprop-parameter-sets=Z[\w+/=]+,a[\w+/=]+/,
    );
    expect(body).toMatch(/m=audio 0 RTP\/AVP 0\r\na=rtpmap:0 PCMU\/8000\r\n/);
    expect(body).toMatch(/a=control:rtsp:\/\/127\.0\.0\.1:\d+\/live\/2\/1\/trackID=0\r\n/);
  });

  describe('asks for a login', () => {
    const login = (...parts: [string?, string?, string?]) => ({
      Authorization: visitor.authorization('DESCRIBE', '/live/1/0', ...parts),
    });

    it.each<[string, () => Record<string, string>, number]>([
      ['a right one', () => login(), 200],
      ['none', () => ({}), 401],
      ['a wrong password', () => login('admin', 'admin'), 401],
      ['an unknown user', () => login('nobody'), 401],
      ['another nonce', () => login('admin', 'admin123', 'abc'), 401],
      ['another method', () => ({ Authorization: visitor.authorization('PLAY', '/live/1/0') }), 401],
      ['Basic', () => ({ Authorization: `Basic ${Buffer.from('admin:admin123').toString('base64')}` }), 401],
    ])('%s', async (_, headers, status) => {
      expect((await visitor.raw('DESCRIBE', '/live/1/0', headers())).status).toBe(status);
      expect(why()).toEqual([]);
    });
  });

  it.each<[number, string, string, Record<string, string>, string?]>([
    [400, 'DESCRIBE', 'http://127.0.0.1/live/1/0', {}],
    [400, 'DESCRIBE', '/live/1/0', { CSeq: 'x' }],
    [404, 'DESCRIBE', '/live/3/0', {}],
    [404, 'DESCRIBE', '/live/1/2', {}],
    [404, 'DESCRIBE', '/meta/eventHook', {}],
    [404, 'DESCRIBE', '/live/1/0?time=5', {}],
    [404, 'DESCRIBE', '/playback/1/0', {}],
    [404, 'DESCRIBE', `/playback/1/0?time=${START + 100}&session=s`, {}],
    [501, 'RECORD', '/live/1/0', {}],
    [551, 'DESCRIBE', '/live/1/0', { Require: 'implicit-play' }],
    [459, 'SETUP', '/live/1/0', TCP],
    [404, 'SETUP', '/live/1/0/trackID=2', TCP],
    [454, 'SETUP', '/live/1/0/trackID=0', { ...TCP, Session: 'abc' }],
    [461, 'SETUP', '/live/1/0/trackID=0', {}],
    [461, 'SETUP', '/live/1/0/trackID=0', { Transport: 'RTP/AVP;multicast' }],
    [461, 'SETUP', '/live/1/0/trackID=0', { Transport: 'RTP/AVP;unicast;client_port=70000-70001' }],
    [461, 'SETUP', '/live/1/0/trackID=0', { Transport: 'RTP/AVP/TCP;interleaved=300-301' }],
    [461, 'SETUP', '/live/1/0/trackID=0', { Transport: 'RAW/RAW/UDP;unicast;client_port=5000' }],
    [454, 'PLAY', '/live/1/0', {}],
    [454, 'PAUSE', '/live/1/0', {}],
    [454, 'TEARDOWN', '/live/1/0', { Session: 'abc' }],
    [454, 'SET_PARAMETER', '/live/1/0', {}, '{"command":"play"}'],
    [451, 'GET_PARAMETER', '/live/1/0', {}, 'packets_received'],
  ])('answers %i to %s %s %j', async (status, method, path, headers, body = '') => {
    expect((await visitor.ask(method, path, headers, body)).status).toBe(status);
    expect(why()).toHaveLength(1);
    expect(simulator.rtspSessions).toBe(0);
  });

  it.each<[number, string, string, Record<string, string>, string?]>([
    [459, 'SETUP', '/live/2/0/trackID=1', TCP],
    [455, 'SETUP', '/playback/1/1/trackID=0?' + (playback.split('?')[1] ?? ''), TCP],
    [457, 'PLAY', playback, { Range: 'npt=10-20' }],
    [451, 'SET_PARAMETER', playback, {}, ''],
    [451, 'SET_PARAMETER', playback, {}, '{"command":"play"'],
    [451, 'SET_PARAMETER', playback, {}, '{"command":"dance"}'],
    [451, 'SET_PARAMETER', playback, {}, '{"command":"seek"}'],
    [451, 'SET_PARAMETER', playback, {}, '{"command":"play","speed":2}'],
    [451, 'SET_PARAMETER', playback, {}, '{"command":"fast_forward","speed":3}'],
    [451, 'SET_PARAMETER', playback, {}, '{"command":"play","why":1}'],
  ])('answers %i to %s %s %j %s in a playback', async (status, method, path, headers, body = '') => {
    await visitor.play(playback);
    expect((await visitor.ask(method, path, headers, body)).status).toBe(status);
    expect(why()).toHaveLength(1);
    expect(simulator.rtspSessions).toBe(1);
  });

  it('takes no command to live, nor before PLAY', async () => {
    await visitor.play('/live/1/0');
    expect((await visitor.ask('SET_PARAMETER', '/live/1/0', {}, '{"command":"play"}')).status).toBe(405);
    await visitor.ask('PAUSE', '/live/1/0');
    expect((await visitor.ask('SET_PARAMETER', '/live/1/0', {}, '{"command":"play"}')).status).toBe(455);
  });

  it('has each playback session once', async () => {
    await visitor.play(playback);
    const other = await RtspVisitor.challenged(simulator);
    const tryIt = async () => (await other.play(playback))[0]?.status;
    expect(await tryIt()).toBe(451);
    await visitor.ask('TEARDOWN', playback);
    expect(await tryIt()).toBe(200);
    other.leave();
  });

  it.each([
    ['no RTSP', 'hello\r\n\r\n', 400],
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['another RTSP', 'OPTIONS * RTSP/2.0\r\nCSeq: 1\r\n\r\n', 505],
    ['an endless head', 'OPTIONS * RTSP/1.0\r\n' + 'a: b\r\n'.repeat(3000), 400],
    ['a huge body', 'OPTIONS * RTSP/1.0\r\nContent-Length: 99999\r\n\r\n', 413],
    ['a body of no length', 'OPTIONS * RTSP/1.0\r\nContent-Length: x\r\n\r\n', 400],
  ])('answers %s', async (_, text, status) => {
    visitor.socket.write(text);
    await until('an answer', () => visitor.replies.length === 2);
    expect(visitor.replies[1]?.status).toBe(status);
    expect(why()).toHaveLength(1);
  });

  it('survives whatever comes', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.constantFrom(
        'SETUP ',
        'rtsp://h/live/1/0',
        ' RTSP/1.0\r\n',
        'CSeq: 1\r\n',
        '\r\n',
        'Content-Length: 3\r\n',
        '$',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 1, max: 100 }), (pieces, length) => {
        const bytes = Buffer.from(pieces.join(''), 'latin1');
        const reader = new RequestReader();
        try {
          for (let at = 0; at < bytes.length; at += length) Array.from(reader.read(bytes.subarray(at, at + length)));
        } catch (error) {
          expect(error).toBeInstanceOf(RtspRefusal);
        }
      }),
      { numRuns: 2000 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const rude = await RtspVisitor.of(simulator);
        rude.socket.end(Buffer.from(pieces.join(''), 'latin1'));
        await once(rude.socket, 'close');
      }),
      { numRuns: 50 },
    );
    expect((await visitor.ask('DESCRIBE', '/live/1/0')).status).toBe(200);
  });
});
