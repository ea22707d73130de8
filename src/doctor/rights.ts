import { type Nvr, NvrRefusedError } from '../shared/index.js';
import { listed, type Said, say } from '../shared/internal.js';
import { good, type SaidFinding, warning } from './finding.js';

/** Rights of an account (SDK 10.6), and what does not work without them. */
const needed: Readonly<Record<string, Said>> = {
  live_on: say`live pictures`,
  playback_on: say`playback`,
  ptz_on: say`moving cameras`,
  copy_on: say`clips`,
  log_search: say`the log`,
  parameter: say`settings`,
  system_maintenance: say`restart and backup`,
  manual_record: say`manual recording`,
  manage_disk: say`disks`,
  manual_snapshot: say`snapshots`,
};

/** Which rights the account has, as far as the NVR tells. */
export async function examineRights(nvr: Nvr, username: string, signal: AbortSignal): Promise<SaidFinding> {
  const check = 'permissions';
  try {
    const users = await nvr.account.userList({}, { signal });
    const own = users.find((user) => user.username === username);
    if (own?.userID === undefined)
      return warning(check, say`the NVR does not list this user`, say`Is it an account of another kind?`);
    const [account] = await nvr.account.getUser({ userID: own.userID }, { signal });
    const rights: Readonly<Record<string, unknown>> = account?.permissions ?? {};
    const lacking = Object.entries(needed).filter(([right]) => right in rights && isNo(rights[right]));
    if (lacking.length === 0) return good(check, say`nothing is forbidden to this user`);
    return warning(
      check,
      say`this user lacks ${listed(lacking.map(([, what]) => what))}`,
      say`Give him the right at the NVR where you want to use it.`,
    );
  } catch (error) {
    if (!(error instanceof NvrRefusedError)) throw error;
    return good(check, say`a plain user: only an administrator may read them`);
  }
}

/** The document says neither type nor values. */
function isNo(value: unknown): boolean {
  return value === false || value === 0 || /^(0|false|off|no)$/i.test(typeof value === 'string' ? value : '');
}
