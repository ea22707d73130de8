import { randomBytes } from 'node:crypto';
import {
  type Clock,
  endsConnection,
  type Logger,
  type StreamName,
  type Subscription,
  type Timer,
  type VideoFrame,
} from '../../shared/index.js';
import type { Feed, LimitCounters, LimitName } from '../../shared/internal.js';
import { nalUnitsOf } from '../../shared/codec/index.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import { PhoneTalk, type PhoneTalkOptions } from '../talk/phone-talk.js';
import type { AudioSettings } from './audio-policy.js';
import { AudioSender } from './audio-sender.js';
import type { Beginning, CameraEncodings, EncodingListener } from './camera-encodings.js';
import type { CameraSound } from './camera-sound.js';
import { FeedFollower } from './feed-follower.js';
import { Leaving } from './leaving.js';
import { MediaTimeline, ticks } from './media-timeline.js';
import type { Picture } from './picture.js';
import type { RtpSocket } from './rtp-socket.js';
import { maxPayloadLength, RtpTrack } from './rtp-track.js';
import { reasonToEnd, reportPause } from './session-policy.js';
import { isSameMaster, ReceivedSources, type SrtpMaster } from './srtp.js';
import type { ReceivedRtp } from './srtp-receiver.js';
import { streamFor, type VideoPlan, videoPlan, type VideoWish } from './stream-policy.js';
import { NO_ENCODER, Transcoding } from './transcoding.js';
import { VIDEO_CLOCK_RATE, VideoSender } from './video-sender.js';
import type { VolumeControl } from './volume-control.js';

export interface MediaEndpoint {
  readonly socket: RtpSocket;
  readonly master: SrtpMaster;
  readonly ssrc: number;
}

/** How a phone's sound reaches the camera. */
export type TalkWay = Pick<PhoneTalkOptions, 'open' | 'speaker'>;

export interface LiveSessionOptions {
  readonly feed: (stream: StreamName) => Feed;
  readonly video: MediaEndpoint;
  readonly audio: MediaEndpoint;
  readonly microphone: VolumeControl;
  readonly talk: TalkWay | undefined;
  /** Shared with the camera's other viewers. */
  readonly sound: CameraSound;
  /** Likewise. */
  readonly encodings: CameraEncodings;
  readonly ffmpeg: Ffmpeg;
  readonly logger: Logger;
  readonly limits: LimitCounters;
  readonly clock: Clock;
  /** The camera's. */
  readonly name: string;
  /** Nobody hears the phone; the session goes on. */
  readonly onTalkFailure: (reason: string) => void;
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
  #timeline: MediaTimeline | undefined;
  /** Of the pictures that stand in for others: the clocks of two streams need not agree. */
  #standInTimeline: MediaTimeline | undefined;
  readonly #videoTrack: RtpTrack;
  readonly #audioTrack: RtpTrack;
  readonly #follower: FeedFollower;
  readonly #cname = randomBytes(8).toString('hex');
  readonly #prepared: number;
  /** Add this to `now` to get the date for sender reports: it goes on evenly, whatever happens to the machine's. ms */
  readonly #date: number;
  readonly #leaving = new Leaving();
  #warm: Subscription[];
  #settings: VideoSettings | undefined;
  #videoSender: VideoSender | undefined;
  #audioSender: AudioSender | undefined;
  #talk: PhoneTalk | undefined;
  readonly #transcoding: Transcoding;
  /** HomeKit has asked for something else while an encoder was about to take over. */
  #changedMeanwhile = false;
  /** What is followed begins again for another encoder. */
  #encodesAnew = false;
  #plan: VideoPlan | undefined;
  /** Of the pictures that stand in for others. */
  #standInPlan: VideoPlan | undefined;
  #started: number | undefined;
  #shown: number | undefined;
  #heard: number | undefined;
  #timer: Timer | undefined;
  #closing: Promise<void> | undefined;

  /** Opens both feeds, so that whichever START wants is warm by then; the other one is of no more use. */
  constructor(options: LiveSessionOptions) {
    const { clock } = options;
    this.#options = options;
    this.#prepared = clock.now();
    this.#date = clock.wall() - clock.now();
    const track = {
      clock,
      onFeedback: (keyframeWanted: boolean) => {
        this.#heard = clock.now();
        if (keyframeWanted) this.#videoSender?.repeat();
      },
      onFlood: (limit: LimitName, what: string) => this.#hit(limit, `more ${what} of this second is passed over`),
    };
    const { video, audio } = options;
    const received = new ReceivedSources();
    this.#videoTrack = new RtpTrack({ ...video, ...track, received });
    const ofAudio = isSameMaster(video.master, audio.master) ? received : new ReceivedSources();
    const onRtp = options.talk && ((packet: ReceivedRtp) => this.#talk?.receive(packet));
    this.#audioTrack = new RtpTrack({ ...audio, ...track, received: ofAudio, onRtp });
    this.#follower = new FeedFollower({
      start: (pictures, stream, standsIn) => this.#begin(pictures, stream, standsIn),
      picture: (frame, standsIn) => this.#picture(frame, standsIn),
      sound: (frame, stream) => this.#audioSender?.write(frame, this.#mediaTime(frame.timestamp), stream),
      interrupted: (error) => {
        if (endsConnection(error)) this.#end(error.message);
        else this.#debug(`waits for the NVR: ${error?.message ?? 'connection lost'}`);
      },
      // Of pictures that are converted themselves, one encoder at a time is enough.
      showsLater: (keyframe) => this.#planFor(keyframe) === 'transcode' && this.#standInPlan !== 'transcode',
    });
    this.#transcoding = new Transcoding({
      leaving: this.#leaving,
      onPicture: (picture, time) => this.#showConverted(() => this.#videoSender?.send(picture, time)),
      onMade: (pictures, time) => this.#showConverted(() => this.#videoSender?.replay(pictures, time), true),
      onOutdated: () => this.#encodeAnew(),
      onChange: () => this.#catchUp(),
      onFailure: (reason, another) => this.#encoderFailed(reason, another),
      onRefusal: (reason) => {
        this.#debug(`it stays as it is: ${reason}`);
        this.#catchUp();
      },
    });
    this.#warm = (['main', 'sub'] as const).map((stream) =>
      options.feed(stream).subscribe({ frame() {} }, { linger: false }),
    );
    this.#watch(reportPause(Infinity));
  }

  /** Sends the kept group of pictures at once, then live pictures and sound. Without `audio` there is no sound. */
  start(settings: VideoSettings, audio?: AudioSettings): void {
    const { feed, clock, talk, onTalkFailure } = this.#options;
    if (this.#settings || this.#closing) return;
    this.#settings = settings;
    this.#started = clock.now();
    this.#videoSender = new VideoSender({
      track: this.#videoTrack,
      payloadType: settings.payloadType,
      maxPayload: maxPayloadLength(settings.mtu),
      clock,
      onOversized: () => this.#hit('phone.packets', 'a picture is left out'),
      onCongestion: () => this.#hit('phone.waiting', 'pictures are left out up to a keyframe'),
    });
    if (audio) {
      const onFirst = () => this.#report();
      this.#audioSender = new AudioSender({ ...this.#options, settings: audio, track: this.#audioTrack, onFirst });
      if (talk) this.#talk = new PhoneTalk({ ...this.#options, ...talk, settings: audio, onFailure: onTalkFailure });
    }
    const stream = streamFor(settings);
    // Both are on their way since SetupEndpoints: what is there first is shown, and a small picture is better than none.
    this.#follower.follow(feed(stream), stream === 'main' ? feed('sub') : undefined);
    for (const subscription of this.#warm.splice(0)) subscription.close();
    this.#timer?.cancel();
    if (!this.#closing) this.#watch(reportPause(settings.reportInterval));
  }

  /**
   * Another size, rate or bitrate: the other stream from its next keyframe on, or another encoder from its first picture
   * on. Until then pictures go on as before.
   */
  reconfigure(wish: VideoWish): void {
    const settings = this.#settings;
    if (!settings || this.#closing || isSameWish(wish, settings)) return;
    this.#settings = { ...settings, ...wish };
    const stream = streamFor(wish);
    if (stream !== streamFor(settings)) this.#follower.follow(this.#options.feed(stream));
    // Copied pictures stay as they are.
    else if (this.#plan === 'transcode') this.#encodeAnew();
  }

  /** From the kept keyframe of what is followed on. */
  #encodeAnew(): void {
    const { stream } = this.#follower;
    this.#changedMeanwhile = this.#transcoding.changing;
    if (this.#changedMeanwhile || !stream) return;
    this.#encodesAnew = true;
    this.#follower.follow(this.#options.feed(stream));
    this.#encodesAnew = false;
  }

  /** How often it may fail, the budget of a camera's processes says: one that cannot be started has shown nothing. */
  #encoderFailed(reason: string, another: boolean): void {
    const { stream, standsIn } = this.#follower;
    if (!another && standsIn && this.#standInPlan === 'copy') {
      this.#debug(`it stays with the sub stream: ${reason}`);
      return this.#follower.follow(this.#options.feed('sub'));
    }
    if (!another || !stream) return this.#end(reason);
    this.#debug(`goes on with another encoder: ${reason}`);
    this.#follower.follow(this.#options.feed(stream));
  }

  #catchUp(): void {
    if (this.#changedMeanwhile) this.#encodeAnew();
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
    this.#transcoding.stop();
    this.#leaving.add(this.#audioSender);
    this.#leaving.add(this.#talk);
    await this.#leaving.gone();
  }

  #end(reason: string): void {
    if (this.#closing) return;
    void this.close();
    this.#options.onEnd(reason);
  }

  #begin(pictures: readonly VideoFrame[], stream: StreamName, standsIn: boolean): void {
    const [keyframe] = pictures;
    const newest = pictures.at(-1);
    if (!keyframe || !newest || !this.#settings || this.#closing) return;
    const plan = this.#planFor(keyframe);
    this.#debug(`${stream} stream${standsIn ? ' for now' : ''}, ${keyframe.codec}, ${plan}`);
    const converts = this.#plan === 'transcode';
    if (standsIn) {
      // The encoder is on its way to pictures of the stream that is wanted.
      if (converts && plan !== 'copy') return this.#follower.shown();
      this.#standInPlan = plan;
    } else this.#plan = plan;
    if (plan !== 'transcode' && !(standsIn && converts)) this.#transcoding.stop();
    const mediaTime = this.#mediaTime(newest.timestamp, standsIn);
    if (plan === 'copy') this.#show(() => this.#videoSender?.replay(pictures.map(asPicture), mediaTime), true);
    else if (plan === 'unshowable') {
      this.#doWithout(stream, standsIn, 'the camera sends H.265 and this ffmpeg cannot turn it into H.264');
    } else if (!this.#transcode({ pictures, mediaTime }, stream, this.#settings)) {
      if (standsIn) this.#standInPlan = 'unshowable';
      else this.#plan = 'unshowable';
      this.#transcoding.stop();
      this.#doWithout(stream, standsIn, `${NO_ENCODER}, and the camera sends H.265: set its sub stream to H.264`);
    }
  }

  #planFor(keyframe: VideoFrame): VideoPlan {
    return videoPlan(keyframe, this.#options.ffmpeg.encoders.has('libx264'));
  }

  #transcode(begin: Beginning, stream: StreamName, settings: VideoSettings): boolean {
    const join = (listener: EncodingListener) => this.#options.encodings.join(stream, begin, settings, listener);
    return this.#transcoding.begin(join, this.#encodesAnew);
  }

  /** A stream cannot be shown: the sub stream may be. */
  #doWithout(stream: StreamName, standsIn: boolean, reason: string): void {
    if (standsIn) return;
    if (stream === 'main') this.#follower.follow(this.#options.feed('sub'));
    else this.#end(reason);
  }

  #picture(frame: VideoFrame, standsIn: boolean): void {
    const mediaTime = this.#mediaTime(frame.timestamp, standsIn);
    const plan = standsIn ? this.#standInPlan : this.#plan;
    if (plan === 'copy') this.#show(() => this.#videoSender?.send(asPicture(frame), mediaTime));
    else if (plan === 'transcode') this.#transcoding.write(frame, mediaTime);
  }

  /** The stand-in for what is converted has done its part; one that is converted itself goes on. */
  #showConverted(send: () => void, andReport = false): void {
    if (this.#plan === 'transcode') this.#follower.shown();
    this.#show(send, andReport);
  }

  /** Sends, and tells the phone the time with the first picture (or where it is told to). */
  #show(send: () => void, andReport = false): void {
    send();
    const isFirst = this.#shown === undefined && this.#videoTrack.packets > 0;
    if (isFirst) this.#shown = this.#options.clock.now();
    if (isFirst || andReport) this.#report();
  }

  #mediaTime(timestamp: number, standsIn = false): number {
    const timeline = standsIn
      ? (this.#standInTimeline ??= new MediaTimeline(this.#timeline?.start))
      : (this.#timeline ??= new MediaTimeline(this.#standInTimeline?.start));
    return timeline.mediaTime(timestamp, this.#options.clock.now());
  }

  /** One moment for both tracks: that is what lets the phone synchronise them. */
  #report(): void {
    const now = this.#options.clock.now();
    const mediaTime = (this.#timeline ?? this.#standInTimeline)?.at(now);
    if (mediaTime === undefined || this.#closing) return;
    const date = now + this.#date;
    if (this.#videoTrack.packets > 0) this.#videoTrack.report(date, ticks(mediaTime, VIDEO_CLOCK_RATE), this.#cname);
    const audio = this.#audioSender;
    if (audio && this.#audioTrack.packets > 0) {
      this.#audioTrack.report(date, ticks(mediaTime, audio.clockRate), this.#cname);
    }
  }

  #watch(pause: number): void {
    this.#timer = this.#options.clock.after(pause, () => {
      const facts = { prepared: this.#prepared, started: this.#started, shown: this.#shown, heard: this.#heard, pause };
      const reason = reasonToEnd(facts, this.#options.clock.now());
      if (reason !== undefined) {
        this.#end(reason);
        return;
      }
      this.#report();
      this.#watch(pause);
    });
  }

  #debug(text: string): void {
    const { logger, name } = this.#options;
    logger.debug(`${name}: live view: ${text}`);
  }

  #hit(limit: LimitName, what: string): void {
    const { limits, name } = this.#options;
    limits.hit(limit, `${name}: live view`, what);
  }
}

function asPicture(frame: VideoFrame): Picture {
  return { nals: nalUnitsOf(frame), size: frame.data.length, keyframe: frame.keyframe };
}

function isSameWish(one: VideoWish, other: VideoWish): boolean {
  return (['width', 'height', 'fps', 'bitrate'] as const).every((key) => one[key] === other[key]);
}
