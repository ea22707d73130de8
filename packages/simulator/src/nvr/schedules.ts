import type { OperationReply } from '../../../../src/shared/sdk/index.js';
import type { Cameras } from './cameras.js';

type Entries = OperationReply<'getSchedulesByGroupMultiChannels'>[number]['schedules'];
export type ScheduleGroup = keyof typeof initial;

const never = { Map: Array.from({ length: 7 }, () => '-'.repeat(48)) };
const always = { Map: Array.from({ length: 7 }, () => '+'.repeat(48)) };

/** The entries that each group has (SDK 6.4), as nobody set them yet: the NVR records all the time. */
const initial = {
  Record: { Normal: always, Motion: always, InputAlarm: always, Intellegent: always },
  Snapshot: { Normal: never, Motion: always, InputAlarm: always },
  Email: { Motion: never, InputAlarm: never, Intellegent: never },
  FTP: { Normal: never, Motion: never, InputAlarm: never, Intellegent: never },
  Alarm: { Alarm: always, FtpUpload: never },
} satisfies Record<string, Entries>;

/** The weekly schedules of each channel; they are remembered, the recordings do not follow them. */
export class Schedules {
  readonly #cameras: Cameras;
  readonly #set = new Map<string, Entries>();

  constructor(cameras: Cameras) {
    this.#cameras = cameras;
  }

  /** @throws {@link Refusal} where the NVR has no such channel */
  get(channel: number, group: ScheduleGroup): Entries {
    this.#cameras.on(channel);
    return structuredClone(this.#set.get(`${group} ${channel}`) ?? initial[group]);
  }

  /** All of them or none. @throws {@link Refusal} where the NVR has no such channel */
  set(changes: readonly { channel: number; group: ScheduleGroup; schedules: Entries }[]): void {
    for (const { channel } of changes) this.#cameras.on(channel);
    for (const { channel, group, schedules } of changes) {
      this.#set.set(`${group} ${channel}`, structuredClone(schedules));
    }
  }
}
