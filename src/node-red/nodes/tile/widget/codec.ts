/** What MediaSource calls the codec of an MP4's begin (RFC 6381); `undefined` where it is none that a browser shows. */
export function codecOf(start: Uint8Array): string | undefined {
  const avc = after(start, 'avcC');
  // Version, then profile, constraints and level (ISO/IEC 14496-15, 5.3.3.1).
  if (avc) return `avc1.${[1, 2, 3].map((at) => hex(avc[at] ?? 0)).join('')}`;
  const hevc = after(start, 'hvcC');
  if (!hevc) return undefined;
  // ISO/IEC 14496-15, 8.3.3.1 and E.3.
  const [, profile = 0] = hevc;
  const space = ['', 'A', 'B', 'C'][profile >> 6] ?? '';
  const compatible = [2, 3, 4, 5].reduce((bits, at) => bits * 256 + (hevc[at] ?? 0), 0);
  const constraints = [6, 7, 8, 9, 10, 11].map((at) => (hevc[at] ?? 0).toString(16).toUpperCase());
  while (constraints.at(-1) === '0') constraints.pop();
  const tier = (profile & 0x20) === 0 ? 'L' : 'H';
  return ['hvc1', `${space}${profile & 0x1f}`, reversed(compatible), `${tier}${hevc[12] ?? 0}`, ...constraints].join(
    '.',
  );
}

function after(bytes: Uint8Array, name: string): Uint8Array | undefined {
  const wanted = new TextEncoder().encode(name);
  const at = bytes.findIndex((_, index) => wanted.every((code, offset) => bytes[index + offset] === code));
  return at < 0 ? undefined : bytes.subarray(at + name.length);
}

const hex = (byte: number) => byte.toString(16).padStart(2, '0');

/** Hexadecimal, its 32 bits from the other end. */
function reversed(bits: number): string {
  return parseInt(Array.from(bits.toString(2).padStart(32, '0')).reverse().join(''), 2)
    .toString(16)
    .toUpperCase();
}

/** Whether this browser shows H.265 as it is. */
export function takesHevc(): boolean {
  return mediaSource()?.isTypeSupported('video/mp4; codecs="hvc1.1.6.L93.B0"') ?? false;
}

/** Where pictures can be handed to a video one by one; an iPhone has the other one. */
export function mediaSource(): typeof MediaSource | undefined {
  const page = globalThis as { MediaSource?: typeof MediaSource; ManagedMediaSource?: typeof MediaSource };
  return page.MediaSource ?? page.ManagedMediaSource;
}
