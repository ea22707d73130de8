/** Random numbers that are the same in every run (xorshift32). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** A damaged copy: bits turned, bytes overwritten, cut, doubled, stretched or mixed with others. */
export function mutated(bytes: Buffer, others: readonly Buffer[], random: (below: number) => number): Buffer {
  let result = Buffer.from(bytes);
  for (let count = 1 + random(3); count > 0; count -= 1) {
    const at = random(result.length + 1);
    const other = others[random(others.length)] ?? result;
    switch (random(7)) {
      case 0:
        if (at < result.length) result[at] = (result[at] ?? 0) ^ (1 << random(8));
        break;
      case 1:
        if (at < result.length) result[at] = [0, 1, 0x7f, 0x80, 0xff, random(256)][random(6)] ?? 0;
        break;
      case 2:
        result = result.subarray(0, at);
        break;
      case 3:
        result = result.subarray(at);
        break;
      case 4:
        result = Buffer.concat([result, other]);
        break;
      case 5:
        result = Buffer.concat([result.subarray(0, at), other.subarray(random(other.length + 1)), result.subarray(at)]);
        break;
      default:
        result = Buffer.concat([result.subarray(0, at), result.subarray(random(at + 1))]);
    }
    if (result.length > 4096) result = result.subarray(0, 4096);
  }
  return result;
}
