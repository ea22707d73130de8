import type { Sample } from './sample.js';

/** The document names the fields and gives no values. */
const user = {
  userID: 1,
  active: true,
  username: 'admin',
  password: 'secret',
  permissions: {
    live_on: true,
    live: [1, 2, 3, 4],
    playback_on: true,
    playback: [1, 2, 3, 4],
    ptz_on: true,
    ptz_control: [1, 2, 3, 4],
    copy_on: true,
    copy: [1, 2, 3, 4],
    log_search: true,
    parameter: true,
    system_maintenance: true,
    manual_record: true,
    manage_disk: true,
    remote_login: true,
    sequence_control: true,
    manual_snapshot: true,
  },
};

export const accountSamples: readonly Sample[] = [
  {
    operation: 'getLoginParameters',
    reply: { realm: 'xnvr', qop: 'auth', nonce: 'random', opaque: '', change_pwd: 'first' },
  },
  {
    operation: 'login',
    params: { username: 'admin', nc: '00000001', cnonce: '0a4f113b', response: '6629fae49393a05397450978507c4ef1' },
    body: { username: 'admin', nc: '00000001', cnonce: '0a4f113b', response: '6629fae49393a05397450978507c4ef1' },
    reply: { Result: 'OK', Description: 'userID=1', option: 'needToChangePasswd' },
  },
  { operation: 'logout', reply: { Result: 'OK' } },
  {
    operation: 'setAdminAccount',
    params: { username: 'boss', password: 'secret' },
    body: { username: 'boss', password: 'secret' },
    reply: { Result: 'OK' },
  },
  { operation: 'userList', reply: [{ userID: 1, active: true, username: 'admin', password: true }] },
  { operation: 'getUser', params: { userID: 1 }, query: 'userID=1', reply: [user] },
  {
    operation: 'setUser',
    params: { userID: 1, body: [user] },
    query: 'userID=1',
    body: [user],
    reply: { Result: 'OK' },
  },
];
