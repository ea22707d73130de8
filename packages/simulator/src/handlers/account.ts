import { ADMIN } from '../nvr/accounts.js';
import type { Nvr } from '../nvr/nvr.js';
import { Refusal } from '../nvr/refusal.js';
import { QOP, REALM } from '../nvr/sessions.js';
import { type Handlers, done } from './handler.js';

type AccountOperation =
  'getLoginParameters' | 'login' | 'logout' | 'setAdminAccount' | 'userList' | 'getUser' | 'setUser';

export const account: Pick<Handlers, AccountOperation> = {
  getLoginParameters: (_, { nvr, visitor }) => ({
    realm: REALM,
    qop: QOP,
    nonce: nvr.sessions.challenge(visitor.id ?? visitor.renew()),
    opaque: '',
  }),
  login: (answer, { nvr, visitor, faults }) => {
    const userID = nvr.sessions.login(visitor.id, answer, faults);
    nvr.sessions.open(visitor.renew(), userID);
    return done(`userID=${userID}`);
  },
  logout: (_, { nvr, visitor }) => {
    nvr.sessions.close(visitor.id);
    return done();
  },
  setAdminAccount: ({ username, password }, { nvr }) => change(nvr, ADMIN, { username, password }),
  userList: (_, { nvr }) =>
    nvr.accounts.all.map(({ userID, active, username, password }) => ({
      userID,
      active,
      username,
      password: password !== '',
    })),
  getUser: ({ userID }, { nvr }) => [nvr.accounts.get(userID)],
  setUser: ({ userID, body }, { nvr }) => {
    const [user, ...more] = body;
    if (!user || more.length > 0) throw new Refusal('the body must be a list of one');
    if (user.userID !== userID) throw new Refusal(`userID=${user.userID}: the query names ${userID}`);
    return change(nvr, userID, user);
  },
};

/** Whoever used the old name or password is shut out, and so may be whoever changed it. */
function change(nvr: Nvr, userID: number, user: Parameters<Nvr['accounts']['set']>[1]) {
  if (nvr.accounts.set(userID, user)) nvr.sessions.endOf(userID);
  return done(`userID=${userID}`);
}
