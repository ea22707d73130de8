import { Refusal } from './refusal.js';

/** One camera that the NVR knows. */
export interface Camera {
  readonly channel: number;
  readonly name: string;
  readonly address: string;
  readonly mac: string;
}

export class Cameras {
  readonly all: readonly Camera[];

  /** @param mac of the NVR; the cameras' addresses count up from it */
  constructor(count: number, mac: string) {
    this.all = Array.from({ length: count }, (_, index) => ({
      channel: index + 1,
      name: `Camera ${index + 1}`,
      address: `192.168.33.${20 + index + 1}`,
      mac: addToMac(mac, index + 1),
    }));
  }

  /** @throws {@link Refusal} where the NVR has no such channel */
  on(channel: number): Camera {
    const camera = this.all[channel - 1];
    if (!camera) throw new Refusal(`ChannelID=${channel}: no such channel`);
    return camera;
  }
}

function addToMac(mac: string, step: number): string {
  const value = BigInt(`0x${mac.replaceAll(':', '')}`) + BigInt(step);
  const digits = BigInt.asUintN(48, value).toString(16).padStart(12, '0');
  return digits.replace(/..(?!$)/g, '$&:');
}
