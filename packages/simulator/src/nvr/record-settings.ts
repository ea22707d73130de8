import type { Cameras } from './cameras.js';
import { ChannelSettings } from './channel-settings.js';
import type { Recordings } from './recordings.js';

/** As in 9.15. */
interface RecordSetting {
  readonly enable: string;
  readonly streamType: string;
  readonly enablePreRecord: string;
}

/** What is recorded of each camera; whoever sets it, recording begins and ends with it. */
export class RecordSettings extends ChannelSettings<RecordSetting> {
  readonly #recordings: Recordings;

  constructor(cameras: Cameras, recordings: Recordings) {
    super(cameras, { enable: '1', streamType: '2', enablePreRecord: '1' });
    this.#recordings = recordings;
  }

  override set(changes: readonly (readonly [number, RecordSetting | undefined])[]): void {
    super.set(changes);
    for (const [channel, { enable }] of this.all) this.#recordings.enable(channel, enable === '1');
  }
}
