import { describe, expect, it } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { ManualClock, type Nvr } from '../../src/shared/index.js';
import { encodeFrame } from '../../src/shared/codec/frame.js';
import { until } from '../support/until.js';
import { startOddNvr } from './odd-nvr.js';

interface Watched {
  /** Messages that made no sense. */
  readonly misunderstood: () => number;
  readonly understood: () => number;
}

interface Source {
  /** ms of rubbish, or of silence, after which it is dead. */
  readonly limit: number;
  readonly rubbish: Buffer;
  readonly sense: Buffer;
  readonly watch: (client: Nvr, opened: () => void, lost: () => void) => Watched;
}

const picture = Buffer.from([0, 0, 0, 1, 0x67, 0x64, 0, 0x1f, 0, 0, 0, 1, 0x68, 0xee, 0, 0, 0, 1, 0x65, 0x88, 0x84]);

const sources: Readonly<Record<string, Source>> = {
  'the status of cameras': {
    limit: 5000,
    rubbish: Buffer.from('{"ChannelID":1,'),
    sense: Buffer.from('[{"ChannelID":1,"Online":true}]'),
    watch: (client, opened, lost) => {
      let understood = 0;
      client.cameraStatus.subscribe({ message: () => (understood += 1), connected: opened, disconnected: lost });
      return { misunderstood: () => client.cameraStatus.misunderstood, understood: () => understood };
    },
  },
  'a live stream': {
    limit: 10_000,
    rubbish: Buffer.alloc(64, 0x31),
    sense: encodeFrame({
      ...({ kind: 'video', codec: 'h264', keyframe: true, width: 640, height: 360 } as const),
      timestamp: 1_700_000_000_000,
      data: picture,
    }),
    watch: (client, opened, lost) => {
      let understood = 0;
      const feed = client.feed(1, 'main');
      feed.subscribe({ frame: () => (understood += 1), interrupted: lost });
      opened();
      return { misunderstood: () => feed.faults.strayBytes, understood: () => understood };
    },
  },
};

/** The source, watched; what it sends is there when the promise resolves, and a second passes then. */
async function watching({ rubbish, sense, watch }: Source) {
  const clock = new ManualClock();
  const sockets = new WebSocketServer({ noServer: true });
  const peers: WebSocket[] = [];
  const { client } = await startOddNvr(
    {},
    {
      clock,
      upgrade: (request, socket) => {
        sockets.handleUpgrade(request, socket, Buffer.alloc(0), (peer) => peers.push(peer));
        return false;
      },
    },
  );
  let opened = 0;
  let lost = 0;
  const heard = watch(
    client,
    () => (opened += 1),
    () => (lost += 1),
  );
  await until('the socket', () => peers.length === 1 && opened === 1);
  const second = async (bytes: Buffer | undefined, count: () => number) => {
    const before = count();
    if (bytes) {
      peers.at(-1)?.send(bytes, { binary: true });
      await until('the message', () => count() > before);
    }
    clock.advance(1000);
  };
  return {
    clock,
    peers,
    lost: () => lost,
    rubbish: () => second(rubbish, heard.misunderstood),
    sense: () => second(sense, heard.understood),
    silence: () => second(undefined, () => 0),
  };
}

describe.each(Object.entries(sources))('%s', (_name, source) => {
  it.each(['rubbish', 'silence'] as const)(
    'that brings only %s is lost after its time, and opened anew',
    async (what) => {
      const watched = await watching(source);
      await watched.sense();
      const seconds = source.limit / 1000;
      for (let passed = 1; passed < seconds - 1; passed += 1) await watched[what]();
      expect(watched.lost()).toBe(0);
      watched.clock.advance(1000);
      await until('the loss', () => watched.lost() === 1);
      watched.clock.advance(60_000);
      await until('another socket', () => watched.peers.length === 2);
    },
  );

  it('that brings some sense among rubbish stays', async () => {
    const watched = await watching(source);
    for (let round = 0; round < 12; round += 1) {
      await watched.sense();
      await watched.rubbish();
      await watched.rubbish();
    }
    expect(watched.lost()).toBe(0);
    expect(watched.peers).toHaveLength(1);
  });
});
