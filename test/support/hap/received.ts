import { H264Depacketizer, type AccessUnit } from './h264-depacketizer.js';
import type { LivePacket, LiveViewListener } from './live-view.js';

/** What arrives at a phone. */
export class Received implements LiveViewListener {
  readonly packets: LivePacket[] = [];
  readonly units: AccessUnit[] = [];
  readonly depacketizer = new H264Depacketizer();
  readonly forgeries: Error[] = [];

  packet(packet: LivePacket): void {
    this.packets.push(packet);
    const unit = packet.media === 'video' ? this.depacketizer.push(packet) : undefined;
    if (unit) this.units.push(unit);
  }

  forged(_media: string, error: Error): void {
    this.forgeries.push(error);
  }
}
