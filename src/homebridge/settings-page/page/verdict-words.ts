import type { Verdict } from '../protocol.js';
import { t } from './words.js';

/** A verdict in words, and what to do about it. */
export function inWords(verdict: Verdict): { readonly found: string; readonly remedy?: string } {
  switch (verdict.is) {
    case 'good':
    case 'restricted': {
      const { model, software, live, cameras, outputs, fingerprint } = verdict;
      const parts = [
        [model, software].filter(Boolean).join(' '),
        cameras ? t`${cameras.length} cameras` : t`no right to see its cameras`,
        outputs ? t`${outputs.length} alarm outputs` : t`no right to see its alarm outputs`,
        live ? '' : t`no right to see live pictures`,
      ];
      const found = t`The NVR lets this user in: ${parts.filter(Boolean).join(t`, `)}.`;
      if (verdict.is === 'restricted')
        return { found, remedy: t`This user lacks rights: give him those at the NVR, or take another user.` };
      if (fingerprint === undefined) return { found };
      const remedy = t`Its certificate is not known yet. If the NVR itself displays this fingerprint, trust it: ${fingerprint}`;
      return { found, remedy };
    }
    case 'unusable':
      return { found: verdict.problems.map((problem) => t(problem)).join(' ') };
    case 'password-needed':
      return {
        found: t`Type the password.`,
        remedy: t`The stored one is sent to no other address than the one that it was stored for.`,
      };
    case 'no-address':
      return { found: t`No device has this name.`, remedy: t`Check the spelling, or write its IP address.` };
    case 'closed':
      return verdict.open.length > 0
        ? { found: t`Nothing answers at this port.`, remedy: t`Others are open there:` }
        : { found: t`Nothing answers at this address.`, remedy: t`Is the NVR switched on, and is this its address?` };
    case 'tls':
      return { found: t`This port wants HTTPS.` };
    case 'no-tls':
      return { found: t`This port knows no HTTPS.`, remedy: t`Do without, or write the HTTPS port of the NVR.` };
    case 'silent':
      return {
        found: t`It takes the connection and says nothing.`,
        remedy: t`Is that its web port? Restart the NVR.`,
      };
    case 'another-family':
      return {
        found: t`This is an EverFocus device of another family: ${verdict.what}`,
        remedy: t`Its API is another one. Recorders of the xNVR family are understood; no password was sent.`,
      };
    case 'another-device':
      return {
        found: t`Something else answers there: ${verdict.what}`,
        remedy: t`Is that the address and the web port of the NVR? No password was sent.`,
      };
    case 'wrong-password':
      return {
        found: t`The NVR rejects user name or password.`,
        remedy: t`Check both before you try again: it may lock the account. ${verdict.what}`,
      };
    case 'failed':
      return { found: failure(verdict), remedy: t`Try again in a minute; restart the NVR if it goes on.` };
    case 'certificate':
      return {
        found: t`The NVR shows a certificate that is not trusted: ${verdict.fingerprint}`,
        remedy: t`Nothing was sent to it. If the NVR itself displays this fingerprint, trust it.`,
      };
  }
}

/** What is behind the code of an error; else the words of the error. */
function failure({ what, code }: Extract<Verdict, { is: 'failed' }>): string {
  switch (code) {
    case 'NVR_UNREACHABLE':
      return t`The NVR cannot be reached: ${what}`;
    case 'NVR_TIMEOUT':
      return t`The NVR does not answer in time: ${what}`;
    case 'NVR_UNAVAILABLE':
      return t`The NVR is busy or starts: ${what}`;
    case 'SESSION_LOST':
      return t`The login does not last: ${what}`;
    case 'INVALID_REPLY':
    case 'REPLY_TOO_LARGE':
      return t`The NVR does not answer as its document says: ${what}`;
    default:
      return t(what);
  }
}
