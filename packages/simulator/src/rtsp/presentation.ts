import { playback as declaration, type PlaybackCommand } from '../../../../src/shared/sdk/playback.js';
import { checkFields, checkMessage } from '../api/check.js';
import { socketAt } from '../api/routes.js';
import type { StreamSource } from '../live/frames.js';
import { Refusal } from '../nvr/refusal.js';
import { Player } from '../playback/player.js';
import { Tape } from '../playback/tape.js';
import type { SocketContext } from '../sockets/socket-handler.js';
import { PlaybackScreen, type RtspScreen } from './rtsp-screen.js';
import { RtspRefusal } from './rtsp-refusal.js';

/** What one address shows (SDK 3.1, 3.3). */
export interface Presentation {
  readonly source: StreamSource;
  /** `Range` of the reply to PLAY (RFC 2326 section 12.29). */
  readonly range: string;
  /** Prepares to show it; frames come once it is resumed. @throws {@link Refusal} */
  open(screen: RtspScreen): Screening;
}

/** A presentation in front of one client. */
export interface Screening {
  resume(): void;
  pause(): void;
  /** Obeys the JSON body of SET_PARAMETER (SDK 3.4). @throws {@link Refusal} */
  control(body: string): void;
  close(): void;
}

/**
 * What an address leads to: the paths of the WebSockets are those of RTSP too.
 *
 * @throws {@link RtspRefusal} 404 where there is nothing
 */
export function presentationAt(path: string, search: string, context: SocketContext): Presentation {
  const route = socketAt(path);
  if (route?.id !== 'live' && route?.id !== 'playback') throw new RtspRefusal(404, `${path}: no such stream`);
  try {
    const fields = {
      ...checkFields(route.socket.pathParameters, route.fields),
      ...checkFields(route.socket.query, new URLSearchParams(search)),
    };
    const { ChannelID, StreamID, time, session } = fields as Readonly<Record<string, unknown>>;
    const [channel, streamId] = [Number(ChannelID), Number(StreamID)];
    if (route.id === 'live') return livePresentation(channel, streamId, context);
    return playbackPresentation(channel, streamId, Number(time), String(session), context);
  } catch (error) {
    throw error instanceof Refusal ? new RtspRefusal(404, error.message) : error;
  }
}

function livePresentation(channel: number, streamId: number, { media }: SocketContext): Presentation {
  const stream = media.stream(channel, streamId);
  const source = media.source(channel, streamId);
  if (!stream || !source) throw new Refusal(`ChannelID=${channel}: no such channel`);
  return {
    source,
    range: 'npt=now-',
    open: (screen) => {
      let end: (() => void) | undefined;
      const pause = () => {
        end?.();
        end = undefined;
      };
      const resume = () => {
        // Players show what they cannot decode, so the first frame is a keyframe.
        let begun = false;
        end ??= stream.watch((frame) => {
          begun ||= frame.kind === 'video' && frame.keyframe;
          if (begun) screen.show(frame, frame.timestamp);
        });
      };
      const control = () => {
        throw new RtspRefusal(405, 'only a playback can be controlled');
      };
      return { resume, pause, control, close: pause };
    },
  };
}

function playbackPresentation(
  channel: number,
  streamId: number,
  time: number,
  session: string,
  { media, nvr, clock, faults }: SocketContext,
): Presentation {
  const source = media.source(channel, streamId);
  if (!source) throw new Refusal(`ChannelID=${channel}: no such channel`);
  const tape = new Tape(source, nvr.recordings);
  const [first] = tape.groupAt(time);
  return {
    source,
    range: `clock=${new Date(time * 1000).toISOString().replace(/[-:]|\.000/g, '')}-`,
    open: (screen) => {
      const player = new Player(tape, first, new PlaybackScreen(screen, faults), clock);
      const forget = nvr.playbacks.add(session, player);
      let begun = false;
      return {
        resume: () => {
          if (begun) player.do({ command: 'play' });
          else player.start();
          begun = true;
        },
        pause: () => player.do({ command: 'pause' }),
        control: (body) => {
          nvr.playbacks.control(session, checkMessage(declaration.message, body) as PlaybackCommand);
        },
        close: () => {
          forget();
          player.close();
        },
      };
    },
  };
}
