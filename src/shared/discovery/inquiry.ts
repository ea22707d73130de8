/** UDP port that NVRs listen on (SDK 1). */
export const DISCOVERY_PORT = 31_501;

export const INQUIRY_LENGTH = 22;

/**
 * The question "who is there?" (SDK 1): magic, command, sender's MAC, receiver's MAC (all), 1 for an answer in XML, a
 * reserved byte, and the length of a payload that there is none of.
 *
 * @param mac of the sender, `00:11:22:33:44:55`
 * @param swapped with the bytes of magic and command in the other order, which the document does not state
 */
export function inquiry(mac: string, swapped = false): Buffer {
  const magic = [0x26, 0x98, 0x23, 0x34];
  const command = [0x04, 0x01];
  const sender = mac.split(':').map((byte) => parseInt(byte, 16));
  const everybody = Array<number>(6).fill(0xff);
  const words = swapped ? [...magic.reverse(), ...command.reverse()] : [...magic, ...command];
  return Buffer.from([...words, ...sender, ...everybody, 1, 0, 0, 0]);
}
