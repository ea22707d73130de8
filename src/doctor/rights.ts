import { type Nvr, NvrRefusedError } from '../shared/index.js';
import { type Finding, good, warning } from './finding.js';

/** Rights of an account (SDK 10.6), and what does not work without them. */
const needed: Readonly<Record<string, string>> = {
  live_on: 'live pictures',
  playback_on: 'playback',
  ptz_on: 'moving cameras',
  copy_on: 'clips',
  log_search: 'the log',
  parameter: 'settings',
  system_maintenance: 'restart and backup',
  manual_record: 'manual recording',
  manage_disk: 'disks',
  manual_snapshot: 'snapshots',
};

/** Which rights the account has, as far as the NVR tells. */
export async function examineRights(nvr: Nvr, username: string, signal: AbortSignal): Promise<Finding> {
  const check = 'permissions';
  try {
    const users = await nvr.account.userList({}, { signal });
    const own = users.find((user) => user.username === username);
    if (own?.userID === undefined)
      return warning(check, 'the NVR does not list this user', 'Is it an account of another kind?');
    const [account] = await nvr.account.getUser({ userID: own.userID }, { signal });
    const rights: Readonly<Record<string, unknown>> = account?.permissions ?? {};
    const lacking = Object.entries(needed).filter(([right]) => right in rights && isNo(rights[right]));
    if (lacking.length === 0) return good(check, 'nothing is forbidden to this user');
    return warning(
      check,
      `this user lacks ${lacking.map(([, what]) => what).join(', ')}`,
      'Give him the right at the NVR where you want to use it.',
    );
  } catch (error) {
    if (!(error instanceof NvrRefusedError)) throw error;
    return good(check, 'a plain user: only an administrator may read them');
  }
}

/** The document says neither type nor values. */
function isNo(value: unknown): boolean {
  return value === false || value === 0 || /^(0|false|off|no)$/i.test(typeof value === 'string' ? value : '');
}
