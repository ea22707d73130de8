import { randomBytes } from 'node:crypto';
import {
  type Clock,
  endsConnection,
  type LiveFeed,
  type Logger,
  type Subscription,
  type Timer,
  type VideoFrame,
} from '../../shared/index.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import type { AudioSettings } from './audio-policy.js';
import { AudioSender } from './audio-sender.js';
import { FeedFollower } from './feed-follower.js';
import { MediaTimeline, ticks } from './media-timeline.js';
import type { RtpSocket } from './rtp-socket.js';
import { maxPayloadLength, RtpTrack } from './rtp-track.js';
import type { SrtpMaster } from './srtp.js';
import { type StreamName, streamFor, type VideoPlan, videoPlan, type VideoWish } from './stream-policy.js';
import { Transcoder } from './transcoder.js';
import { VIDEO_CLOCK_RATE, VideoSender } from './video-sender.js';

/** A phone that sent no RTCP for so long is gone. ms */
const SILENCE_LIMIT = 30_000;
/** Bounds of the pause between sender reports, ms. HomeKit ends a stream after 30 s without one. */
const REPORT_INTERVAL = { min: 500, max: 5000 } as const;

export interface MediaEndpoint {
  readonly socket: RtpSocket;
  readonly master: SrtpMaster;
  readonly ssrc: number;
}

export interface LiveSessionOptions {
  readonly feed: (stream: StreamName) => LiveFeed;
  readonly video: MediaEndpoint;
  readonly audio: MediaEndpoint;
  readonly ffmpeg: Ffmpeg;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The session cannot go on; it has closed itself. */
  readonly onEnd: (reason: string) => void;
}

export interface VideoSettings extends VideoWish {
  readonly payloadType: number;
  /** Bytes. */
  readonly mtu: number;
  /** profile_idc that HomeKit chose: 66, 77 or 100. */
  readonly profile: number;
  /** s between sender reports. */
  readonly reportInterval: number;
}

/** One viewer: from the sockets that are open before START to the last packet. */
export class LiveSession {
  readonly #options: LiveSessionOptions;
  readonly #timeline = new MediaTimeline();
  readonly #videoTrack: RtpTrack;
  readonly #audioTrack: RtpTrack;
  readonly #follower: FeedFollower;
  readonly #cname = randomBytes(8).toString('hex');
  #warm: Subscription[];
  #settings: VideoSettings | undefined;
  #videoSender: VideoSender | undefined;
  #audioSender: AudioSender | undefined;
  #transcoder: Transcoder | undefined;
  #plan: VideoPlan | undefined;
  /** Add this to `now` to get the date for sender reports: it goes on evenly, whatever happens to the machine's. ms */
  readonly #date: number;
  /** Encoders on their way out. */
  readonly #leaving = new Set<Promise<void>>();
  #heard: number;
  #timer: Timer | undefined;
  #closing: Promise<void> | undefined;

  /** Opens both feeds, so that whichever START wants is warm by then; each lingers by itself afterwards. */
  constructor(options: LiveSessionOptions) {
    this.#options = options;
    this.#heard = options.clock.now();
    this.#date = options.clock.wall() - options.clock.now();
    const onFeedback = (keyframeWanted: boolean) => {
      this.#heard = options.clock.now();
      if (keyframeWanted) this.#videoSender?.repeat();
    };
    this.#videoTrack = new RtpTrack({ ...options.video, onFeedback });
    this.#audioTrack = new RtpTrack({ ...options.audio, onFeedback });
    this.#follower = new FeedFollower({
      start: (pictures) => this.#begin(pictures),
      picture: (frame) => this.#picture(frame),
      sound: (frame) => this.#audioSender?.write(frame.data, this.#mediaTime(frame.timestamp)),
      interrupted: (error) => {
        if (endsConnection(error)) this.#end(error.message);
        else options.logger.debug(`live view waits for the NVR: ${error?.message ?? 'connection lost'}`);
      },
    });
    this.#warm = (['main', 'sub'] as const).map((stream) => options.feed(stream).subscribe({ frame() {} }));
    this.#watch(REPORT_INTERVAL.max);
  }

  /** Sends the kept group of pictures at once, then live pictures and sound. Without `audio` there is no sound. */
  start(settings: VideoSettings, audio?: AudioSettings): void {
    const { feed, clock, ffmpeg, logger } = this.#options;
    if (this.#settings || this.#closing) return;
    this.#settings = settings;
    const { payloadType, mtu, reportInterval } = settings;
    const maxPayload = maxPayloadLength(mtu);
    this.#videoSender = new VideoSender({ track: this.#videoTrack, payloadType, maxPayload, clock });
    if (audio) {
      const onFirst = () => this.#report();
      this.#audioSender = new AudioSender({ settings: audio, track: this.#audioTrack, ffmpeg, logger, onFirst });
    }
    this.#follower.follow(feed(streamFor(settings)));
    for (const subscription of this.#warm.splice(0)) subscription.close();
    this.#timer?.cancel();
    this.#watch(Math.max(REPORT_INTERVAL.min, Math.min(REPORT_INTERVAL.max, reportInterval * 1000)));
  }

  /** Another size or bitrate: the other stream from its next keyframe on, or the encoder set anew. */
  reconfigure(wish: VideoWish): void {
    if (!this.#settings || this.#closing) return;
    this.#settings = { ...this.#settings, ...wish };
    const stream = streamFor(wish);
    // Copied pictures stay as they are; an encoder is set anew from the kept keyframe on.
    if (stream !== this.#follower.stream || this.#plan === 'transcode')
      this.#follower.follow(this.#options.feed(stream));
  }

  /** Within a second: no packet, no child process, no port. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#timer?.cancel();
    this.#follower.close();
    for (const subscription of this.#warm.splice(0)) subscription.close();
    this.#videoSender?.close();
    this.#options.video.socket.close();
    this.#options.audio.socket.close();
    this.#dismissTranscoder();
    await Promise.all([...this.#leaving, this.#audioSender?.close()]);
  }

  #end(reason: string): void {
    if (this.#closing) return;
    void this.close();
    this.#options.onEnd(reason);
  }

  #begin(pictures: readonly VideoFrame[]): void {
    const { ffmpeg, feed, logger } = this.#options;
    const [keyframe] = pictures;
    const newest = pictures.at(-1);
    const settings = this.#settings;
    if (!keyframe || !newest || !settings || this.#closing) return;
    this.#dismissTranscoder();
    this.#plan = videoPlan(keyframe, ffmpeg.encoders.has('libx264'));
    logger.debug(`live view: ${this.#follower.stream} stream, ${keyframe.codec}, ${this.#plan}`);
    if (this.#plan === 'unshowable') {
      if (this.#follower.stream === 'main') this.#follower.follow(feed('sub'));
      else this.#end('the camera sends H.265 and this ffmpeg cannot turn it into H.264');
      return;
    }
    const mediaTime = this.#mediaTime(newest.timestamp);
    if (this.#plan === 'copy') {
      this.#videoSender?.replay(pictures, mediaTime);
      this.#report();
    } else {
      this.#transcoder = this.#transcode(pictures, mediaTime, settings);
    }
  }

  #transcode(pictures: readonly VideoFrame[], mediaTime: number, settings: VideoSettings): Transcoder {
    return new Transcoder({
      ffmpeg: this.#options.ffmpeg,
      mediaTime,
      pictures,
      settings,
      onPicture: (picture, time) => {
        const first = this.#videoTrack.packets === 0;
        this.#videoSender?.send(picture, time);
        if (first) this.#report();
      },
      onFailure: (reason) => this.#end(reason),
    });
  }

  #picture(frame: VideoFrame): void {
    const mediaTime = this.#mediaTime(frame.timestamp);
    if (this.#plan === 'copy') this.#videoSender?.send(frame, mediaTime);
    else this.#transcoder?.write(frame, mediaTime);
  }

  #dismissTranscoder(): void {
    const leaving = this.#transcoder?.close();
    this.#transcoder = undefined;
    if (!leaving) return;
    this.#leaving.add(leaving);
    void leaving.finally(() => this.#leaving.delete(leaving));
  }

  #mediaTime(timestamp: number): number {
    return this.#timeline.mediaTime(timestamp, this.#options.clock.now());
  }

  /** One moment for both tracks: that is what lets the phone synchronise them. */
  #report(): void {
    const now = this.#options.clock.now();
    const mediaTime = this.#timeline.at(now);
    if (mediaTime === undefined || this.#closing) return;
    const date = now + this.#date;
    if (this.#videoTrack.packets > 0) this.#videoTrack.report(date, ticks(mediaTime, VIDEO_CLOCK_RATE), this.#cname);
    const audio = this.#audioSender;
    if (audio && this.#audioTrack.packets > 0) {
      this.#audioTrack.report(date, ticks(mediaTime, audio.clockRate), this.#cname);
    }
  }

  #watch(interval: number): void {
    this.#timer = this.#options.clock.after(interval, () => {
      if (this.#options.clock.now() - this.#heard > SILENCE_LIMIT) {
        this.#end(`nothing heard from the phone for ${SILENCE_LIMIT / 1000} s`);
        return;
      }
      this.#report();
      this.#watch(interval);
    });
  }
}
