import type { Verdict } from '../protocol.js';

/** What the page says, by language; `en` is complete, and stands in for what another lacks. */
const en = {
  find: 'Find NVRs',
  finding: 'Searching …',
  foundNone: 'No NVR has answered in this network. Add it by its address.',
  add: 'Add',
  addByHand: 'Add by address',
  added: 'added',
  edit: 'Edit',
  close: 'Done',
  remove: 'Remove',
  undo: 'Undo',
  test: 'Test',
  testing: 'Testing …',
  examine: 'Examine',
  stop: 'Stop',
  examining: 'Looking at everything; nothing is changed, switched, moved or said …',
  examined: {
    done: '',
    ended: 'Stopped.',
    'password-needed': 'Type the password.',
    unusable: 'See what is wrong above.',
  },
  capture: 'Capture',
  capturing: (at: string) =>
    `Writing down how it answers, for a report of a fault; make happen now what goes wrong${at === '' ? '' : ` (${at})`} …`,
  look: 'Have a look at it before you save it, and again before you give it away.',
  allOfIt: 'All of it',
  save: (file: string) => `Save ${file}`,
  discard: 'Throw away',
  connection: 'Connection',
  more: 'More',
  cameras: 'Cameras',
  newNvr: 'New NVR',
  none: 'No NVR yet.',
  stored: 'stored',
  form: 'All settings as a form',
  back: 'Back',
  lacking: (labels: string) => `Not saved before it has: ${labels}`,
  childBridge:
    'Recommended: run this plugin as a child bridge (menu of the plugin, "Child Bridge Config"), best before its cameras ' +
    'have rooms in Home: they get there anew.',
  trust: 'Trust this certificate only',
  use: (port: number, https: boolean) => `Use port ${port}${https ? ' with HTTPS' : ''}`,
  useHttps: 'Use HTTPS',
  useHttp: 'Do without HTTPS',
  trusted: (fingerprint: string) => `Trusted so far: ${fingerprint}`,
};

export const t: typeof en = en;

/** A verdict in words, and what to do about it. */
export function inWords(verdict: Verdict): { readonly found: string; readonly remedy?: string } {
  switch (verdict.is) {
    case 'good':
    case 'restricted': {
      const { model, software, live, cameras, outputs, fingerprint } = verdict;
      const count = (list: readonly unknown[] | undefined, what: string) =>
        list ? `${list.length} ${what}` : `no right to see its ${what}`;
      const parts = [
        [model, software].filter(Boolean).join(' '),
        count(cameras, 'cameras'),
        count(outputs, 'alarm outputs'),
        live ? '' : 'no right to see live pictures',
      ];
      const found = `The NVR lets this user in: ${parts.filter(Boolean).join(', ')}.`;
      const lacks = 'This user lacks rights: give him those at the NVR, or take another user.';
      const compare = `Its certificate is not known yet. If the NVR itself displays this fingerprint, trust it: ${fingerprint}`;
      if (verdict.is === 'restricted') return { found, remedy: lacks };
      return fingerprint === undefined ? { found } : { found, remedy: compare };
    }
    case 'unusable':
      return { found: verdict.problems.join(' ') };
    case 'password-needed':
      return {
        found: 'Type the password.',
        remedy: 'The stored one is sent to no other address than the one that it was stored for.',
      };
    case 'no-address':
      return { found: 'No device has this name.', remedy: 'Check the spelling, or write its IP address.' };
    case 'closed':
      return verdict.open.length > 0
        ? { found: 'Nothing answers at this port.', remedy: 'Others are open there:' }
        : { found: 'Nothing answers at this address.', remedy: 'Is the NVR switched on, and is this its address?' };
    case 'tls':
      return { found: 'This port wants HTTPS.' };
    case 'no-tls':
      return { found: 'This port knows no HTTPS.', remedy: 'Do without, or write the HTTPS port of the NVR.' };
    case 'silent':
      return { found: 'It takes the connection and says nothing.', remedy: 'Is that its web port? Restart the NVR.' };
    case 'another-family':
      return {
        found: `This is an EverFocus device of another family: ${verdict.what}`,
        remedy: 'Its API is another one. Recorders of the xNVR family are understood; no password was sent.',
      };
    case 'another-device':
      return {
        found: `Something else answers there: ${verdict.what}`,
        remedy: 'Is that the address and the web port of the NVR? No password was sent.',
      };
    case 'wrong-password':
      return {
        found: 'The NVR rejects user name or password.',
        remedy: `Check both before you try again: it may lock the account. ${verdict.what}`,
      };
    case 'failed':
      return { found: verdict.what, remedy: 'Try again in a minute; restart the NVR if it goes on.' };
    case 'certificate':
      return {
        found: `The NVR shows a certificate that is not trusted: ${verdict.fingerprint}`,
        remedy: 'Nothing was sent to it. If the NVR itself displays this fingerprint, trust it.',
      };
  }
}
