import type { Operation } from '../../../../src/shared/sdk/declaration.js';
import type { LogEntry } from './logs.js';

type Note = Pick<LogEntry, 'type' | 'description'>;

/** Calls that the NVR's log names in words of its own (SDK 9.26). */
const named: Readonly<Record<string, Note>> = {
  login: { type: 'System', description: 'Login' },
  logout: { type: 'System', description: 'Logout' },
  reboot: { type: 'System', description: 'Reboot' },
  shutdown: { type: 'System', description: 'Shutdown' },
  addCamera: { type: 'Configuration', description: 'Add Channel' },
  deleteCamera: { type: 'Configuration', description: 'Delete Channel' },
  updateCamera: { type: 'Configuration', description: 'Modify Channel' },
};

/** What the NVR notes of a call that it carried out; `undefined` where that is not worth a line. */
export function noteOf({ id, title, domain }: Operation): Note | undefined {
  if (Object.hasOwn(named, id)) return named[id];
  if (!id.startsWith('set')) return undefined;
  return { type: domain === 'account' ? 'Account' : 'Configuration', description: title };
}
