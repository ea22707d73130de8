/**
 * The frames of an Opus packet, each as a packet of its own (RFC 6716 §3.2). They can be taken apart because no frame
 * says how many share its packet: only the first byte, and a second one for more than two, does.
 */
export function opusFrames(packet: Buffer): Buffer[] {
  const [toc = 0, count = 0] = packet;
  const code = toc & 0x03;
  if (code === 0) return [packet];
  const isCounted = code === 3;
  const isVariable = code === 2 || (isCounted && (count & 0x80) !== 0);
  const frames = isCounted ? count & 0x3f : 2;
  let at = isCounted ? 2 : 1;
  let padding = 0;
  if (isCounted && (count & 0x40) !== 0) {
    let byte: number;
    do {
      byte = packet[at++] ?? 0;
      padding += Math.min(byte, 254);
    } while (byte === 255);
  }
  const lengths: number[] = [];
  for (let frame = 1; isVariable && frame < frames; frame += 1) {
    const first = packet[at++] ?? 0;
    lengths.push(first < 252 ? first : first + 4 * (packet[at++] ?? 0));
  }
  const end = packet.length - padding;
  const equal = Math.floor((end - at) / frames);
  const single = Buffer.of(toc & 0xfc);
  return Array.from({ length: frames }, (_, index) => {
    const isLast = index === frames - 1;
    const begin = at;
    at = isLast ? end : at + (lengths[index] ?? equal);
    return Buffer.concat([single, packet.subarray(begin, at)]);
  });
}
