import type { Clock } from '../../../../src/shared/clock.js';
import { Refusal } from './refusal.js';

export interface Snapshot {
  readonly channel: number;
  /** UTC, s */
  readonly timeStamp: number;
  readonly type: string;
  readonly snapshotPath: string;
}

/** As in 9.13. */
export interface SnapshotSettings {
  readonly Auto: number;
  readonly streamType: number;
  readonly Normal?: { readonly period: number };
  readonly Alarm?: { readonly period: number };
}

/** Enough for any test; a real disk is full some day, too. */
const MAX_SNAPSHOTS = 10_000;

/** The pictures on the NVR's disk, by path. */
export class Snapshots {
  readonly #clock: Clock;
  readonly #byPath = new Map<string, Snapshot>();
  #taken = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get all(): readonly Snapshot[] {
    return [...this.#byPath.values()];
  }

  /** @throws {@link Refusal} where the disk is full */
  take(channel: number): Snapshot {
    if (this.#byPath.size >= MAX_SNAPSHOTS) throw new Refusal('disk full');
    const timeStamp = Math.floor(this.#clock.wall() / 1000);
    this.#taken += 1;
    const snapshotPath = `/mnt/disk1/snapshot/CH${String(channel).padStart(2, '0')}/${timeStamp}_${this.#taken} Manual.jpg`;
    const snapshot = { channel, timeStamp, type: 'Manual', snapshotPath };
    this.#byPath.set(snapshotPath, snapshot);
    return snapshot;
  }

  /** @throws {@link Refusal} where the NVR never named that path, or deleted it */
  at(snapshotPath: string): Snapshot {
    const snapshot = this.#byPath.get(snapshotPath);
    if (!snapshot) throw new Refusal(`${snapshotPath}: no such snapshot`);
    return snapshot;
  }

  /** @throws {@link Refusal} as {@link at} */
  delete(snapshotPath: string): void {
    this.#byPath.delete(this.at(snapshotPath).snapshotPath);
  }
}
