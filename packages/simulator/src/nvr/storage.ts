import type { OperationParams } from '../../../../src/shared/sdk/index.js';
import { MAX_CAMERAS } from '../options.js';
import type { Recordings } from './recordings.js';
import { Refusal } from './refusal.js';
import type { Keeper } from './configuration.js';

type DiskGroup = OperationParams<'setDiskGroups'>['body'][number];
type DiskSettings = OperationParams<'setStorages'>['body'][number];

interface StorageSettings {
  readonly groups: readonly DiskGroup[];
  readonly overwriteDays: number;
  /** Devices of the disks that are in use. */
  readonly active: readonly string[];
}

interface Disk {
  readonly device: string;
  readonly slot: string;
  readonly serial: string;
  active: boolean;
}

/** As in the document's example (SDK 9.3). */
const GROUPS: readonly DiskGroup[] = [
  { name: 'DiskGroup1', storages: ['HDD-1', 'HDD-2'], rec_channels: [1, 2, 3, 4] },
  { name: 'DiskGroup2', storages: ['HDD-3'], rec_channels: [5, 6] },
  { name: 'DiskGroup3', storages: ['HDD-4'], rec_channels: [7, 8] },
];

/** Four disks, the groups they form, and how long recordings stay on them. */
export class Storage implements Keeper<StorageSettings> {
  readonly #recordings: Recordings;
  readonly #disks: readonly Disk[] = ['a', 'b', 'c', 'd'].map((letter, index) => ({
    device: `/dev/sd${letter}`,
    slot: `HDD-${index + 1}`,
    serial: `WD-WMC4J023139${index}`,
    active: true,
  }));
  #groups: DiskGroup[] = structuredClone([...GROUPS]);
  /** Slots of disks that were formatted while another disk of their group still holds recordings. */
  readonly #blank = new Set<string>();

  constructor(recordings: Recordings) {
    this.#recordings = recordings;
  }

  /** 0: until the disks are full. */
  get overwriteDays(): number {
    return this.#recordings.overwriteDays;
  }

  set overwriteDays(days: number) {
    this.#recordings.overwriteDays = days;
  }

  get groups(): DiskGroup[] {
    return structuredClone(this.#groups);
  }

  /** @throws {@link Refusal} where a disk or channel does not exist, or is in two groups */
  setGroups(groups: readonly DiskGroup[]): void {
    const slots = this.#disks.map(({ slot }) => slot);
    const channels = Array.from({ length: MAX_CAMERAS }, (_, index) => index + 1);
    checkOnce('name', groups, ({ name }) => [name]);
    checkOnce('storages', groups, ({ storages }) => storages, slots);
    checkOnce('rec_channels', groups, ({ rec_channels }) => rec_channels, channels);
    this.#groups = structuredClone([...groups]);
    this.#blank.clear();
  }

  /** Each disk, and the number of its group from 1; 0: it belongs to none. */
  get disks(): readonly (Disk & { readonly group: number })[] {
    return this.#disks.map((disk) => ({ ...disk, group: this.#groups.findIndex(holds(disk)) + 1 }));
  }

  /** All of them or none. @throws {@link Refusal} where there is no such disk or group */
  setDisks(settings: readonly DiskSettings[]): void {
    const changes = settings.map(({ device, active, group }) => {
      if (group > this.#groups.length) throw new Refusal(`group=${group}: no such disk group`);
      return { disk: this.at(device), active, group };
    });
    for (const { disk, active, group } of changes) {
      disk.active = active;
      this.#groups.forEach((other, index) => {
        const others = other.storages.filter((slot) => slot !== disk.slot);
        other.storages = index + 1 === group ? [...others, disk.slot] : others;
      });
    }
  }

  get(): StorageSettings {
    const active = this.#disks.filter((disk) => disk.active).map(({ device }) => device);
    return { groups: this.groups, overwriteDays: this.overwriteDays, active };
  }

  set({ groups, overwriteDays, active }: StorageSettings): void {
    this.setGroups(groups);
    this.overwriteDays = overwriteDays;
    for (const disk of this.#disks) disk.active = active.includes(disk.device);
  }

  /** @throws {@link Refusal} where there is no such disk */
  at(device: string): Disk {
    const disk = this.#disks.find((other) => other.device === device);
    if (!disk) throw new Refusal(`device=${device}: no such disk`);
    return disk;
  }

  /**
   * Recordings are spread over the disks of a group: with the last of them everything that its channels recorded is gone.
   *
   * @throws {@link Refusal} where there is no such disk
   */
  format(device: string): void {
    const disk = this.at(device);
    const group = this.#groups.find(holds(disk));
    this.#blank.add(disk.slot);
    if (!group?.storages.every((slot) => this.#blank.has(slot))) return;
    for (const slot of group.storages) this.#blank.delete(slot);
    for (const channel of group.rec_channels) this.#recordings.erase(channel);
  }
}

function holds({ slot }: Disk): (group: DiskGroup) => boolean {
  return ({ storages }) => storages.includes(slot);
}

/** @throws {@link Refusal} for a value that stands there twice, or that does not exist */
function checkOnce<T>(
  field: string,
  groups: readonly DiskGroup[],
  valuesOf: (group: DiskGroup) => readonly T[],
  existing?: readonly T[],
): void {
  const seen = new Set<T>();
  for (const value of groups.flatMap(valuesOf)) {
    if (existing && !existing.includes(value)) throw new Refusal(`${field}: there is no ${String(value)}`);
    if (seen.has(value)) throw new Refusal(`${field}: ${String(value)} is in two groups`);
    seen.add(value);
  }
}
