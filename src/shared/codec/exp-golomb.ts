/**
 * The first `count` numbers ue(v) from a byte on (H.264 9.1); fewer where the data end or a number is absurd.
 * Emulation prevention is not undone: the fields that begin a slice or a parameter set are too small to need it.
 */
export function expGolomb(data: Buffer, from: number, count: number): number[] {
  const numbers: number[] = [];
  let position = from * 8;
  const bit = () => {
    const byte = data[position >> 3] ?? 0;
    return (byte >> (7 - (position++ & 7))) & 1;
  };
  while (numbers.length < count) {
    let zeros = 0;
    while (zeros < 25 && bit() === 0) zeros += 1;
    let value = 1;
    for (let index = 0; index < zeros; index += 1) value = value * 2 + bit();
    if (zeros === 25 || position > data.length * 8) break;
    numbers.push(value - 1);
  }
  return numbers;
}
