/** One picture's NAL units. */
export interface AccessUnit {
  /** RTP timestamp, 90 kHz. */
  readonly timestamp: number;
  readonly nalUnits: readonly Buffer[];
  readonly keyframe: boolean;
}

const START_CODE = Buffer.from([0, 0, 0, 1]);

/** Puts access units together from RTP payloads (RFC 6184, packetization mode 1). Counts what is missing. */
export class H264Depacketizer {
  #nalUnits: Buffer[] = [];
  #fragments: Buffer[] | undefined;
  #sequence: number | undefined;
  /** Packets that did not arrive. */
  lost = 0;

  /** @returns the access unit that this packet completes */
  push(packet: {
    readonly sequence: number;
    readonly timestamp: number;
    readonly marker: boolean;
    readonly payload: Buffer;
  }): AccessUnit | undefined {
    if (this.#sequence !== undefined) this.lost += (packet.sequence - this.#sequence - 1) & 0xffff;
    this.#sequence = packet.sequence;
    this.#take(packet.payload);
    if (!packet.marker) return undefined;
    const nalUnits = this.#nalUnits;
    this.#nalUnits = [];
    return { timestamp: packet.timestamp, nalUnits, keyframe: nalUnits.some((nal) => typeOf(nal) === 5) };
  }

  #take(payload: Buffer): void {
    const type = typeOf(payload);
    if (type === 24) return this.#takeAggregate(payload);
    if (type === 28) return this.#takeFragment(payload);
    if (type === 0 || type > 23) throw new Error(`RTP payload of type ${type} is not for packetization mode 1`);
    this.#nalUnits.push(payload);
  }

  #takeAggregate(payload: Buffer): void {
    for (let at = 1; at + 2 <= payload.length;) {
      const length = payload.readUInt16BE(at);
      this.#nalUnits.push(payload.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }

  #takeFragment(payload: Buffer): void {
    const [indicator, header] = [payload.readUInt8(0), payload.readUInt8(1)];
    if ((header & 0x80) !== 0) this.#fragments = [Buffer.from([(indicator & 0xe0) | (header & 0x1f)])];
    this.#fragments?.push(payload.subarray(2));
    if ((header & 0x40) === 0 || !this.#fragments) return;
    this.#nalUnits.push(Buffer.concat(this.#fragments));
    this.#fragments = undefined;
  }
}

/** Annex B bytes of access units. */
export function annexB(units: readonly AccessUnit[]): Buffer {
  return Buffer.concat(units.flatMap(({ nalUnits }) => nalUnits.flatMap((nal) => [START_CODE, nal])));
}

function typeOf(nal: Buffer): number {
  return nal.readUInt8(0) & 0x1f;
}
