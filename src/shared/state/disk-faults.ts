import { cleanText } from '../clean-text.js';
import type { LimitCounters } from '../limit-counters.js';
import { limits } from '../limits.js';
import type { NvrException } from '../push/notices.js';
import type { Operation, ReplyOf } from '../sdk/declaration.js';
import type { getStorages } from '../sdk/storage.js';
import { format, setDiskGroups, setOverwrite, setStorages } from '../sdk/storage.js';
import { described } from './cameras.js';
import type { Disk } from './model.js';

type Storage = ReplyOf<typeof getStorages>[number];

/** ms after which a fault that is not reported again is believed no more: a day, in which whoever is told can look. */
export const FAULT_LIMIT = 24 * 60 * 60_000;

/** What is wrong where no disk is named, or none that is listed: other exceptions of this open set are no fault of a disk. */
const OF_DISKS = /disk|hdd|storage|raid|smart/i;

/** What writes the disks anew: whatever was full is reported again if it still is. */
const MAKE_ROOM: ReadonlySet<string> = new Set([format.id, setStorages.id, setDiskGroups.id, setOverwrite.id]);

interface Fault {
  readonly exception: string;
  /** When it was reported last, `Clock.now()`, ms. */
  readonly reported: number;
  /** Which disks the NVR had under that name when they were read first. */
  readonly disks?: string;
}

/**
 * What is wrong with the disks, from facts alone. An exception (SDK 10.13) is told when it takes place, and nobody tells its
 * end; the list of disks (9.4) does not say how they are. So a fault ends where somebody did something about it (another
 * disk is in its place, it was formatted, room was made), and a day after it was reported last. That the connection was
 * lost says nothing about a disk.
 */
export class DiskFaults {
  readonly #counters: LimitCounters;
  /** By the name that they were reported under, empty where none was told; the oldest first. */
  readonly #faults = new Map<string, Fault>();
  #storages: readonly Storage[] = [];

  constructor(counters: LimitCounters) {
    this.#counters = counters;
  }

  /** @param now `Clock.now()`, ms */
  report({ exception, target = '' }: NvrException, now: number): void {
    const disks = this.#faults.get(target)?.disks;
    this.#faults.delete(target);
    this.#faults.set(target, { exception, reported: now, ...(disks !== undefined && { disks }) });
    const [oldest] = this.#faults.keys();
    if (this.#faults.size <= limits.state.disks || oldest === undefined) return;
    this.#counters.hit('state.disks', 'exceptions', 'that of the target that was reported first is forgotten');
    this.#faults.delete(oldest);
  }

  /** Somebody has carried out an operation on the disks by way of this driver. */
  done({ id }: Operation, params: Readonly<Record<string, unknown>>): void {
    if (!MAKE_ROOM.has(id)) return;
    this.#faults.delete('');
    if (id !== format.id) return;
    const device = String(params['device']);
    const slot = this.#storages.find((storage) => storage.device === device)?.slot ?? device;
    for (const name of namesOf({ device, slot })) this.#faults.delete(name);
  }

  /**
   * How the disks are that the NVR lists, and those that it reported under a name which it does not list: a disk that
   * fails may be gone.
   *
   * @param now `Clock.now()`, ms
   */
  of(storages: readonly Storage[], now: number): readonly Disk[] {
    this.#storages = storages;
    this.#end(now);
    const { exception: untargeted = '' } = this.#faults.get('') ?? {};
    const general = OF_DISKS.test(untargeted) ? untargeted : undefined;
    const listed = new Set<string>();
    const disks = storages.map((storage) => {
      const { slot = '', device = '', active, model, size } = storage;
      const names = namesOf(storage);
      for (const name of names) listed.add(name);
      const exception = names.map((name) => this.#faults.get(name)?.exception).find(Boolean) ?? general;
      return {
        slot: cleanText(slot, limits.text.name),
        device: cleanText(device, limits.text.name),
        active: active === true,
        ...described({ model, size, exception }),
      };
    });
    const others = [...this.#faults]
      .filter(([name, { exception }]) => name !== '' && !listed.has(name) && OF_DISKS.test(exception))
      .map(([slot, { exception }]) => ({ slot, device: '', active: false, ...described({ exception }) }));
    return [...disks, ...others];
  }

  #end(now: number): void {
    for (const [name, fault] of this.#faults) {
      const found = name === '' ? this.#storages : this.#storages.filter((disk) => namesOf(disk).includes(name));
      const disks = found.length > 0 ? found.map(identityOf).join('\n') : undefined;
      const exchanged = disks !== undefined && fault.disks !== undefined && disks !== fault.disks;
      if (exchanged || now - fault.reported >= FAULT_LIMIT) this.#faults.delete(name);
      else if (fault.disks === undefined && disks !== undefined) this.#faults.set(name, { ...fault, disks });
    }
  }
}

/** What a disk may be reported under: its "name" (10.13) is left open by the document, and may be that of its device file. */
function namesOf({ device = '', slot = '' }: Storage): readonly string[] {
  return [device, device.replace(/^\/dev\//, ''), slot].filter((name) => name !== '');
}

/** What stays the same for as long as it is the same disk. */
function identityOf({ serial, model, size, slot, device }: Storage): string {
  return JSON.stringify(serial ? [serial] : [model, size, slot, device]);
}
