/**
 * Every fault that the simulator can be asked for. The class, the control server, its help and the documentation all
 * read this table. A fault that is `false` or 0 is off.
 */
export const faultSettings = {
  rejectLogin: { off: false, what: 'every login is rejected' },
  lockout: { off: false, what: 'after three wrong passwords every login is rejected' },
  shortLoginUri: { off: false, what: 'the digest is made with the uri /login instead of /admin/login' },
  implicitSession: { off: false, what: 'no cookies: a session belongs to the address of the visitor' },
  htmlReplies: { off: false, what: 'every reply but those of login is an HTML login page' },
  errorReplies: { off: false, what: 'every reply but those of login is {Result: "Error"}' },
  brokenReplies: { off: false, what: 'every JSON reply but those of login breaks off in the middle' },
  stringReplies: { off: false, what: 'numbers and booleans come as text: "1", "true"' },
  bareReplies: { off: false, what: 'a list of one object comes as the bare object' },
  slowReplies: { off: 0, what: 'every reply comes this many ms late' },
  stalledReplies: { off: false, what: 'requests are never answered' },
  resetReplies: { off: false, what: 'the connection is reset in the middle of the reply' },
  silentLive: { off: false, what: 'live and playback sockets stay open and send nothing' },
  halfOpenSockets: { off: false, what: 'no socket sends anything any more, nor answers pings' },
  bigEndianFrames: { off: false, what: 'frame headers are big-endian' },
  headerCountedFrames: { off: false, what: 'datalen includes the 32 bytes of the header' },
  joinedFrames: { off: false, what: 'two frames in one message' },
  splitFrames: { off: false, what: 'each frame in two messages' },
  textControlOnly: {
    off: false,
    what: 'playbackControl over HTTP answers Error: playback obeys text on its socket only',
  },
  stopClosesPlayback: { off: false, what: 'the command stop closes the socket of the playback' },
  rejectTalk: { off: false, what: 'talk sockets are closed as soon as they open' },
  swappedDiscovery: { off: false, what: 'only inquiries in the other byte order are answered' },
  headedDiscovery: { off: false, what: 'answers to inquiries come behind a header of 22 bytes' },
  oversizedDiscovery: { off: false, what: 'answers to inquiries are larger than 16 KiB' },
  silentDiscovery: { off: false, what: 'no inquiry is answered' },
} as const;

/** Faults that happen once, when asked for. `takes`: what the number given with it means. */
export const faultActions = {
  expireSessions: { what: 'all sessions end: 401 at the next call' },
  badMagicFrame: { what: 'one live message whose magic is wrong' },
  truncatedFrame: { what: 'one live message that ends before its frame does' },
  oversizedFrame: { what: 'one live message that announces a frame of 16 MiB' },
  unknownFrame: { what: 'one live frame of a type that the document does not name' },
  unknownEvent: { what: 'one event of a type that the document does not name' },
  badHookMessage: { what: 'one message that is no JSON on every hook' },
  changedCertificate: { what: 'new HTTPS connections are shown another certificate, as by somebody in between' },
  expiredCertificate: { what: 'new HTTPS connections are shown a certificate that expired yesterday' },
  noticeStorm: { what: 'metadata, an exception and a message come this many times at once', takes: 'count' },
  clockJump: { what: 'the clock of the NVR goes ahead by this many seconds', takes: 'seconds' },
  eventStorm: { what: 'motion begins and ends this many times at once', takes: 'count' },
} as const;

type Setting = keyof typeof faultSettings;
type Action = keyof typeof faultActions;

/** Which faults are on. */
export type FaultSettings = {
  -readonly [Name in Setting]: (typeof faultSettings)[Name]['off'] extends number ? number : boolean;
};

/** Makes faults happen. */
export type FaultActions = {
  readonly [Name in Action]: (typeof faultActions)[Name] extends { takes: string }
    ? (count: number) => void
    : () => void;
};

/** Switches (assign them) and one-time faults (call them). */
export type Faults = FaultSettings & FaultActions;

export function noFaults(): FaultSettings {
  const entries = Object.entries(faultSettings).map(([name, { off }]) => [name, off]);
  return Object.fromEntries(entries) as FaultSettings;
}
