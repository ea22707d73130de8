import { type Nvr, NvrError, within } from '../shared/index.js';
import { clockAhead, listed, say, verbatim } from '../shared/internal.js';
import { bad, clean, good, type Patience, type SaidFinding, warning } from './finding.js';

/** ms */
const DAY = 86_400_000;
/** Disks that are asked how they are: no recorder of this family holds more. */
const ASKED = 16;

/** Whether there are disks in use, and what they and the log say of how they are. */
export async function examineDisks(nvr: Nvr, patience: Patience): Promise<SaidFinding> {
  const { signal } = patience;
  const disks = await nvr.storage.getStorages({}, { signal });
  if (disks.length === 0) return warning('disks', say`none`, say`Without a disk nothing is recorded.`);
  const failing: string[] = [];
  for (const { device = '', slot } of disks.slice(0, ASKED)) {
    if (device === '') continue;
    const told = await asked(patience, (end) => nvr.storage.smart({ device }, { signal: end }));
    if (tellsFailure(told)) failing.push(clean(slot || device));
  }
  if (failing.length > 0) {
    const remedy = say`Save what you need of its recordings, and have it replaced.`;
    return bad('disks', say`by its own S.M.A.R.T. data failing: ${listed(failing)}`, remedy);
  }
  if (!disks.some(({ active }) => active !== false)) {
    const remedy = say`Take a disk into use at the NVR: without one nothing is recorded.`;
    return warning('disks', say`${disks.length}, none of which is in use`, remedy);
  }
  const logged = await asked(patience, (end) => troubleLogged(nvr, { ...patience, signal: end }));
  if (logged === undefined) return good('disks', verbatim(String(disks.length)));
  return warning(
    'disks',
    say`${disks.length}; the NVR logged in the last 24 h: ${logged}`,
    say`Look at the disks at the NVR: one that goes on failing must be replaced.`,
  );
}

/** Where the NVR does not tell, there is nothing to judge. */
async function asked<T>(
  { clock, patience, signal }: Patience,
  ask: (end: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await within(clock, patience, ask, () => undefined, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NvrError)) throw error;
    return undefined;
  }
}

/** The newest entry of the log (SDK 9.25) on storage that speaks of trouble. */
async function troubleLogged(nvr: Nvr, { clock, signal }: Patience): Promise<string | undefined> {
  const endTime = Math.floor(clock.wall() + ((await clockAhead(nvr, clock, { signal })) ?? 0));
  const entries = await nvr.log.searchLogs({ type: 'Storage', startTime: endTime - DAY, endTime }, { signal });
  const newestFirst = entries.toSorted((one, other) => (other.createTime ?? 0) - (one.createTime ?? 0));
  const isTrouble = ({ description = '', createTime }: (typeof entries)[number]) =>
    (createTime === undefined || createTime >= endTime - DAY) &&
    /error|fail|bad|damag|lost/i.test(description.replaceAll(NONE, ''));
  return newestFirst.find(isTrouble)?.description;
}

/** Words of trouble that there was not. */
const NONE = /\b(no|0|without) (bad|errors?|fail\w*)/gi;

/** Nested deeper, or further on in a text, nothing is looked at. */
const DEPTH = 8;
const TEXT = 65_536;

/**
 * Whether S.M.A.R.T. data say that a disk fails. The document (SDK 9.6) does not tell their form: looked for are the words
 * of smartctl, as text or as JSON, and nothing is concluded from numbers.
 */
export function tellsFailure(data: unknown, depth = 0): boolean {
  if (typeof data === 'string') return /(^|: *)(fail(ed|ing|ure)?!?|bad)\s*$|FAILING_NOW/im.test(data.slice(0, TEXT));
  if (typeof data !== 'object' || data === null || depth >= DEPTH) return false;
  return Object.entries(data).some(
    ([key, value]) =>
      (key === 'passed' && value === false) ||
      (key === 'when_failed' && value === 'now') ||
      tellsFailure(value, depth + 1),
  );
}
