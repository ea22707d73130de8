import { Refusal } from './refusal.js';

/** What a simulated camera's pictures can be set to, and the range of each (SDK 9.9). */
export const IMAGING_RANGES = {
  brightness: { Min: 0, Max: 100 },
  colorSaturation: { Min: 0, Max: 100 },
  contrast: { Min: 0, Max: 100 },
  sharpness: { Min: 0, Max: 100 },
} as const;

export type Imaging = Readonly<Record<keyof typeof IMAGING_RANGES, number>>;

export const INITIAL_IMAGING: Imaging = { brightness: 50, colorSaturation: 50, contrast: 50, sharpness: 50 };

/** @throws {@link Refusal} for a value out of its range */
export function checkImaging(changes: Partial<Imaging>): void {
  for (const [name, value] of Object.entries(changes)) {
    const { Min, Max } = IMAGING_RANGES[name as keyof Imaging];
    if (value < Min || value > Max) throw new Refusal(`${name}: must be from ${Min} to ${Max}`);
  }
}
