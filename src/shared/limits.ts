import { captureLimits } from './capture-limits.js';
import { MAX_LINE } from './clean-text.js';
import { clipLimits } from './clip-limits.js';
import { editorLimits } from './editor-limits.js';
import { bridgeLimits, brokerLimits } from './mqtt-limits.js';
import { hubLimits, recordingLimits } from './recording-limits.js';

const KiB = 1024;
const MiB = 1024 * KiB;

/**
 * How much of anything that comes from outside is taken in: from the NVR, a phone, a browser, a file. Each limit is far
 * above what the SDK document's devices need and far below what would hurt the host, and is enforced where the bytes come
 * in, before anything is built of them. A limit that is hit is told by {@link LimitName} (see `limit-counters.ts`).
 *
 * Numbers that defend nothing stay where they are used.
 */
export const limits = {
  /** Answers over HTTP. */
  reply: {
    /** Bytes of all header fields together. Node's own default; the document needs one cookie. */
    headers: 16 * KiB,
    /** Bytes of an outcome (`{Result, Description}`), which may also be some server's error page. */
    outcome: 256 * KiB,
    /** Bytes of settings as JSON. The schedules of 256 cameras are about 0.5 MB. */
    settings: 2 * MiB,
    /** Bytes of a list as JSON, or of what the document leaves open. 4,000 log entries (SDK 9.25) are about 1 MB. */
    list: 4 * MiB,
    /** Bytes of one picture: a JPEG of 8K video is about 10 MB. */
    picture: 16 * MiB,
    /** Bytes of a file that is held in memory: a saved configuration, or a raw request's clip. */
    file: 32 * MiB,
    /** Bytes that a download brings in a minute at least while somebody waits for them: one that drips is given up. */
    trickle: 16 * KiB,
    /** Pieces that a reply held in memory may come in: each costs time, however small it is. */
    pieces: 100_000,
  },
  /** JSON documents and what is made of them. */
  json: {
    /** Lists and objects within each other. The document's deepest has 6; Node-RED clones messages recursively. */
    depth: 32,
    /** Values (and names) of one document. 4,000 log entries (SDK 9.25) are 28,000. */
    values: 150_000,
    /** UTF-16 units of one text in it: a PEM chain (SDK 8.3) or a day's record map (SDK 5) have less than 100,000. */
    text: 1 * MiB,
    /** Names of one object: the maps of 256 channels (SDK 5) have fewer than 300. */
    names: 1024,
    /** UTF-16 units of one name in it. */
    name: 256,
    /** Bytes of a text that is no strict JSON: the tolerant reading is some 20 times slower. */
    tolerant: 64 * KiB,
    /** Entries that one list may be joined of where the NVR is asked in parts. */
    joined: 100_000,
    /** Times without a gap that record maps may show: two months of 64 cameras that see motion 130 times a day. */
    intervals: 500_000,
    /** Places remembered in which one document is not what the SDK document says: one is logged. */
    drift: 100,
  },
  /** Cookies of one NVR: a session has one. */
  cookie: {
    /** Kept at a time. */
    count: 16,
    /** Bytes of names and values together. RFC 6265, 6.1 asks browsers for 4,096 each. */
    bytes: 4096,
  },
  /** WebSockets of any kind. */
  socket: {
    /** Bytes of one message of a socket that carries no video. cameraDetail of 256 cameras is about 0.5 MB. */
    message: 1 * MiB,
    /** Bytes of such a message that ends the connection; one between is passed over. */
    endless: 4 * MiB,
    /** Bytes of one message of a socket that carries frames: twice the largest frame, so that joined ones pass. */
    frames: 16 * MiB,
    /** Pieces (RFC 6455, 5.4) of one message. */
    fragments: 1024,
    /** Pieces of the network that wait for the end of a message: 16 MiB in TCP segments are 12,000. */
    pieces: 16_384,
    /** Bytes that may wait to be sent before pings are answered no more. */
    waiting: 64 * KiB,
    /** ms from the connection to the answer to the upgrade as a whole, however it drips. */
    handshake: 5000,
    /** Bytes of a TLS handshake: a chain of four certificates has 6 KB. */
    certificates: 20 * KiB,
  },
  /** What the push WebSockets bring (SDK 2.8, 4.2, 4.4, 10.13, 10.14). */
  hook: {
    /** Entries of one message: twice the status of 1,024 cameras. */
    entries: 2048,
    /** UTF-16 units of metadata, which are handed on as text. */
    data: 64 * KiB,
    /** Kinds of messages that a stream keeps the newest of. */
    kinds: 1000,
    /** Types that a hook remembers of what it has told, the newest: the document names some 20. */
    types: 64,
    /** Bytes of messages that wait for the reader of one stream. */
    waiting: 16 * MiB,
    /** ms of work in so many ms that the messages of all hooks of an NVR may cost; beyond, the NVR has to wait. */
    work: 40,
    window: 200,
    /** ms of it that each hook has, whatever the others cost. */
    share: 5,
    /** Messages that may be told at once, and as many a second in the long run; beyond, the NVR has to wait. */
    burst: 10_000,
    perSecond: 1000,
  },
  /** UTF-16 units of texts that people read, see `clean-text.ts`. */
  text: {
    /** Name of a camera, pin, user or device. HomeKit shows 64. */
    name: 64,
    /** Word of an open set: an event's type, an exception. */
    word: 64,
    /** What the NVR says for itself in an error. */
    words: 1000,
    /** A line in the log, or an error's message. */
    line: MAX_LINE,
  },
  /** The NVR as a whole. */
  nvr: {
    /** Highest number of a channel. Recorders have 256 at most; it is also the size of what is kept by channel. */
    channel: 4096,
    /** Cameras of one list. */
    cameras: 1024,
  },
  /** What is remembered of a session to tell its loss from a lacking right. */
  session: {
    /** Requests that it carried out: those of a busy flow, each with its parameters. */
    requests: 1000,
    /** Operations and paths that were refused. The document has some 150. */
    refusals: 500,
  },
  /** What is remembered for good. */
  kept: {
    /** Things that are warned of once each. */
    warnings: 200,
  },
  /** What is logged. */
  log: {
    /** Lines an hour on cameras of one NVR that come back, move or are exchanged: 256 that move at once, and some. */
    changes: 300,
    /** Lines on what is wrong with a configuration, and as many on what is used otherwise than it is written. */
    problems: 20,
  },
  /** Answers to the search by UDP (SDK 1): anybody on the network can send them. */
  discovery: {
    /** Bytes; the document's example has 500. */
    answer: 16 * KiB,
    /** Devices of one search; more are a prank. */
    devices: 256,
    /** Answers read in one search: each device sends up to one for each of 4 questions. */
    answers: 2048,
    /** Addresses that are looked at because somebody answers there in the name of an NVR that is away. */
    claims: 4,
    /** MAC addresses of one NVR. */
    macs: 8,
  },
  /** Frames of live, playback and talk sockets (SDK 3.1). */
  frame: {
    /** Bytes of one frame's payload: 4K keyframes stay far below. */
    bytes: 8 * MiB,
    /** Frames, whole or damaged, of one WebSocket message. Normally one; a minute of joined ones has some 4,000. */
    perMessage: 4096,
    /** Bytes of one audio frame: 8 s of G.711. Cameras send 20 to 100 ms. */
    audio: 64 * KiB,
    /** Pixels of a picture's side; more (or none) is no size. 8K pictures have 7,680. */
    side: 16_384,
  },
  /** One picture (access unit). */
  picture: {
    /** NAL units, empty ones included. A 4K keyframe that is cut into slices of one network packet has about 700. */
    nals: 1024,
    /** Parameter sets, also those remembered for later. H.264 knows 288 ids, encoders use 3. */
    parameterSets: 64,
    /** Bytes of the parameter sets that are remembered; each has some tens. */
    parameterSetBytes: 64 * KiB,
    /** Bytes in front of the first start code: none are due (Annex B), some firmwares put a header of their own there. */
    stray: 1024,
    /** Bytes of frames that hold no picture but belong in front of one: parameter sets, SEI. */
    lead: 16 * KiB,
    /** Pictures that wait to become a JPEG in a flow: one of each of 64 cameras at once. */
    waiting: 64,
    /** Pictures from the keyframe on that are decoded for the sake of the last: 4 s of 30 a second. */
    decoded: 120,
  },
  /** Frames that are kept: the group of pictures for newcomers, and what waits for one slow reader. */
  feed: {
    /** Bytes: 15 s of a main stream at 8 Mbit/s. */
    bytes: 16 * MiB,
    /** Frames: a minute of 30 pictures and 50 audio frames a second. */
    frames: 60 * 80,
    /** Bytes that a frame counts for beyond its data: frames of one byte fill the memory, too. */
    overhead: 512,
  },
  /** The past of a feed that is held for recordings. */
  timeShift: {
    /** ms. HomeKit asks for 4 s before an event. */
    length: 15_000,
    /** Bytes, the newest group of pictures included, which has limits of its own: 8 s of a main stream at 8 Mbit/s. */
    bytes: 8 * MiB,
  },
  /** Recordings of cameras for HomeKit, and the home hubs that fetch them. */
  recording: recordingLimits,
  hub: hubLimits,
  /** Sound on its way to a camera or the NVR. */
  talk: {
    /** Bytes that were written and wait for earlier ones to be heard: a quarter of an hour. */
    waiting: 8 * MiB,
  },
  /** Replies over RTSP (RFC 2326) and what they describe (RFC 4566). */
  rtsp: {
    /** Bytes of the head of a reply. */
    head: 16 * KiB,
    /** Header fields of a reply; some 10 are usual. */
    fields: 64,
    /** Replies, and requests of the NVR, that come at once: each answers one request, and those wait for each other. */
    replies: 100,
    /** Bytes of a body. Session descriptions have some hundreds. */
    body: 64 * KiB,
    /** Lines of a session description. */
    lines: 512,
    /** UTF-16 units of one header field or line of a description; parameter sets in base64 have some hundreds. */
    line: 4096,
    /** Tracks of a description. */
    tracks: 8,
    /** Format parameters of a track. */
    parameters: 32,
    /** ms until a stream plays, all requests together, however each answer drips. */
    opening: 30_000,
  },
  /** Phones: what comes from them, and what is sent to them for one camera. */
  phone: {
    /**
     * RTCP packets of one track that are looked at in a second, which costs 10 µs each: phones send 2. Anybody can forge
     * the address that they come from; what comes from the phone's own port, and what goes on where the phone left off,
     * has such a number for itself.
     */
    rtcp: 50,
    /** The latter two, each. A flood that is forged that well leaves the phone its chance in each second. */
    ownRtcp: 200,
    /** RTP packets likewise: who talks sends 50, and more behind a gap. Bytes of one: a packet of the network. */
    ...{ rtp: 50, ownRtp: 200, sound: 1500 },
    /** RTP packets of one picture: 8 MiB in packets of 1,200 bytes are 7,100. */
    packets: 8192,
    /** Bytes of pictures that wait to be sent, a packet at least as 1,000: a second of what is sent at most. */
    waiting: 8 * MiB,
    /** Lines in the log within a minute, such as refusals. */
    lines: 10,
  },
  /** Recordings that are fetched. */
  clip: clipLimits,
  /**
   * Child processes. So many may start at once, and as many a minute from then on: in all, for each purpose, and for one
   * owner (a camera) of that purpose. What one writes to stdout is counted within 10 s.
   */
  child: {
    /** A minute, in all. A tile of each of 64 cameras every 10 s makes 384. */
    starts: 600,
    /** Owners whose starts are remembered apart. */
    owners: 1024,
    /** Bytes that may wait for a child that does not read: it hangs, and memory is not for that. */
    input: 4 * MiB,
    /** Bytes written to stderr within 10 s. */
    stderr: 1 * MiB,
    /** UTF-16 units of what it wrote last that are kept to explain its end. */
    complaint: 1000,
  },
  /** Encoding sound: one child for viewers who ask for the same, one a recording, a new one where the sound jumps. */
  soundChild: { starts: 120, startsOfOne: 20, output: 1 * MiB },
  /** Encoding video: one child for viewers who ask for the same, one a recording, a new one for another size or bitrate. 2 Mbit/s are 2.5 MB. */
  videoChild: { starts: 120, startsOfOne: 20, output: 32 * MiB },
  /** Streams that are converted for live views at a time, for each core: a machine that shows that it cannot do so many, fewer. */
  liveEncoder: { perCore: 2 },
  /** Main streams that are converted for recordings at a time, for each core: likewise, beyond that sub streams are recorded. */
  recordingEncoder: { perCore: 2 },
  /** Encoding by hardware: it ended, or gave no picture for 3 s. Software encodes for an hour. */
  hardwareEncoder: { failures: 1 },
  /** Making JPEGs. Home asks each tile's camera every 10 s, in two or three sizes. */
  pictureChild: { starts: 480, startsOfOne: 60, output: 16 * MiB },
  /** Converting clips. Their output goes on as fast as it is taken; what is counted is what nobody asked for. */
  clipChild: { starts: 240, startsOfOne: 240, output: 64 * KiB },
  /** Asking programs whether they are ffmpeg, and what they can do. */
  probeChild: { starts: 60, startsOfOne: 20, output: 4 * MiB },

  /** What is kept of the NVR's state. */
  state: {
    /** Types that are active at one channel at a time, those that somebody asked for by name not counted. The document names some 20. */
    typesPerChannel: 32,
    /** Active events in all that nobody asked for by name. */
    events: 4096,
    /** Changes of one (channel, type) that are told in one second; of more, the last is told when it is over. */
    changesPerSecond: 10,
    /** Readings of one thing out of turn within a minute, such as of the list of cameras since an unknown one is on line. */
    hurriedReadings: 20,
    /** Pins, disks of one reading. An NVR has some 10 of either. */
    pins: 256,
    disks: 64,
  },

  /** Pictures that become a snapshot, and what a phone may ask for. */
  snapshot: {
    /** Pixels of the longer side of what is decoded. */
    side: 8192,
    /** Pixels of what is decoded: 4096x4096; recorders' cameras have 12 million at most. ffmpeg takes 3 bytes for each. */
    pixels: 16_777_216,
    /** Pixels of the shorter side of what a phone asks for. */
    smallest: 16,
    /** Pixels of the longer side of what a phone asks for: Home asks for 1920x1080 at most, but screens grow. */
    largest: 3840,
    /** Bytes of a JPEG that is handed to HomeKit as it came. */
    jpeg: 8 * MiB,
    /** Pictures of one camera that wait to be made: Home asks for two or three sizes. */
    waiting: 8,
  },
  /** Files of our own in the user's folders. */
  store: {
    /** Bytes of one file: some hundreds where it is about one NVR; a thousand NVRs with passwords are about 250 kB. */
    file: 1 * MiB,
  },
  /** What browsers send to Node-RED's editor endpoints, and what they get. */
  editor: editorLimits,

  /** What a flow holds of an NVR. */
  flow: {
    /** Bytes of a file of audio that is spoken: an hour of MP3 at 128 kbit/s has 58 MB. */
    sound: 64 * MiB,
    /** Bytes of an event's clip that becomes the payload of a message: 10 minutes at 1 Mbit/s. */
    clip: 64 * MiB,
    /** Clips that one node has waiting to be taken; each may take a minute. */
    clips: 20,
    /** Starts and pictures on demand that one live node has waiting; each may take some seconds. */
    commands: 20,
    /** Events under way of which one node makes clips: 256 cameras with four kinds. */
    happenings: 1024,
    /** Bytes of a download that becomes the payload of a message: an hour of a sub stream at 512 kbit/s. */
    download: 256 * MiB,
    /** Bytes of all of an NVR's downloads that are becoming payloads at a time. */
    downloads: 512 * MiB,
  },

  /** Browsers that watch cameras by way of Node-RED. */
  viewer: {
    /** At a time of one node, unless it says otherwise, and the most that it may say. */
    usual: 16,
    most: 64,
    /** At a time in all; pages of tiles likewise. */
    ...{ all: 128, pages: 128 },
    /** Streams that are converted at a time for all of them: each keeps a core busy. */
    conversions: 4,
    /** Streams whose sound is converted likewise: that costs next to nothing, but each is a process. */
    sounds: 16,
    /** Bytes that may wait for one before pictures are left out: some seconds of a main stream. */
    waiting: 4 * MiB,
    /** Bytes that may still wait when it is given pictures again. */
    caughtUp: 64 * KiB,
    /** ms for which one may take nothing. */
    stalled: 30_000,
  },

  /** What an MQTT broker sends, and what is kept for it. */
  broker: brokerLimits,
  /** What a capture for a report of a fault takes of an NVR, see `diagnosis/capture`. */
  capture: captureLimits,
  /** The configuration file of the MQTT bridge. */
  bridge: bridgeLimits,
} as const;

/** The stable name of a limit, such as `reply.settings`. */
export type LimitName = {
  [Section in keyof typeof limits]: `${Section}.${keyof (typeof limits)[Section] & string}`;
}[keyof typeof limits];

/** How much a limit allows, in its unit. */
export function sizeOf(limit: LimitName): number {
  const [section = '', name = ''] = limit.split('.');
  const all: Readonly<Record<string, Readonly<Record<string, number>>>> = limits;
  return all[section]?.[name] ?? NaN;
}
