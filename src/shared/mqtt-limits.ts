const KiB = 1024;
const MiB = 1024 * KiB;

/** What an MQTT broker sends, and what is kept for it, see `limits.ts`. */
export const brokerLimits = {
  /** Bytes of a TLS handshake: it may name the authorities whose clients it lets in, all that Debian knows in 16 KB. */
  certificates: 32 * KiB,
  /** Bytes of one packet: a broker that sends a longer one is left. */
  packet: 64 * KiB,
  /** Packets that may come at once, and as many a second in the long run; beyond, the broker has to wait. */
  packets: 20_000,
  packetsPerSecond: 5000,
  /** UTF-16 units of a topic that is looked at. */
  topic: 256,
  /** Bytes of a command. */
  command: 16 * KiB,
  /** Commands that one NVR carries out at once; as many again each 2 s. */
  commands: 10,
  /** Commands of one NVR that are under way at a time. */
  underWay: 4,
  /** Bytes of the outcome of a command. */
  outcome: 256 * KiB,
  /** Kinds of states of one channel that topics are made for. The document names some 20. */
  kinds: 32,
  /** Bytes of a picture that is published. */
  picture: 2 * MiB,
  /** Bytes that may wait for the broker before pictures are left out. */
  waiting: 1 * MiB,
} as const;

/** The configuration file of the MQTT bridge, see `limits.ts`. */
export const bridgeLimits = {
  /** Bytes. A thousand NVRs are about 300 kB. */
  file: 1 * MiB,
  /** Values (and names) in it: an NVR has some 30. */
  values: 50_000,
  /** Bytes of a file that holds a password. */
  password: 4 * KiB,
  /** Bytes of a file of certificates or keys. */
  pem: 1 * MiB,
  /** NVRs of one process. */
  nvrs: 1000,
  /** Faults that are told of one file. */
  faults: 50,
  /** NVRs that are not configured any more and that are cleared once all others have said who they are. */
  left: 1000,
  /** Topics that are remembered to be cleared while the broker is away. */
  clearing: 5000,
} as const;
