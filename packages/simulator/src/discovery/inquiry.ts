import { Refusal } from '../nvr/refusal.js';

/** Bytes of an inquiry (SDK 1). */
const LENGTH = 22;
const MAGIC = '26982334';
const COMMAND = '0401';
const FOR_ALL = 'ffffffffffff';

/** Checks an inquiry as the document has it. @param swapped magic and command in the other byte order @throws {@link Refusal} */
export function checkInquiry(packet: Buffer, mac: string, swapped: boolean): void {
  if (packet.length !== LENGTH) throw new Refusal(`an inquiry has ${LENGTH} bytes, not ${packet.length}`);
  const field = (from: number, to: number) => packet.toString('hex', from, to);
  if (field(0, 4) !== order(MAGIC, swapped)) throw new Refusal('NetMagic: not the fixed code');
  if (field(4, 6) !== order(COMMAND, swapped)) throw new Refusal('Cmd: not the one for inquiring device information');
  if (![FOR_ALL, mac.replaceAll(':', '').toLowerCase()].includes(field(12, 18))) {
    throw new Refusal('RecverMAC: meant for somebody else');
  }
  if (packet[18] !== 1) throw new Refusal('IntentDocFormat: must be 1');
  if (field(20, 22) !== '0000') throw new Refusal('PadloadLen: must be zero');
}

/** Whether it is an inquiry in the other byte order, which a device does not see as one. */
export function isForeign(packet: Buffer, swapped: boolean): boolean {
  return packet.toString('hex', 0, 4) === order(MAGIC, !swapped);
}

function order(hex: string, swapped: boolean): string {
  return swapped ? Buffer.from(hex, 'hex').reverse().toString('hex') : hex;
}
