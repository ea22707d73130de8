import { QOP, REALM } from '../nvr/sessions.js';
import { type Handlers, done } from './handler.js';

export const account: Pick<Handlers, 'getLoginParameters' | 'login' | 'logout'> = {
  getLoginParameters: (_, { nvr, visitor }) => ({
    realm: REALM,
    qop: QOP,
    nonce: nvr.sessions.challenge(visitor.id ?? visitor.renew()),
    opaque: '',
  }),
  login: (answer, { nvr, visitor, faults }) => {
    nvr.sessions.login(visitor.id, answer, faults);
    nvr.sessions.open(visitor.renew());
    return done('userID=1');
  },
  logout: (_, { nvr, visitor }) => {
    nvr.sessions.close(visitor.id);
    return done();
  },
};
