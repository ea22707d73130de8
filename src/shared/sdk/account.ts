import { Type, defineOperation, json, open, status } from './declaration.js';
import { flag, maybe, password, plain, text } from './fields.js';

export const getLoginParameters = defineOperation({
  id: 'getLoginParameters',
  section: '10.1',
  title: 'Get login parameters',
  description: 'Reads the challenge that a login answers.',
  domain: 'account',
  method: 'GET',
  path: '/admin/login',
  reply: json(
    Type.Object(
      {
        realm: plain('Realm', 'Digest realm.', ['xnvr']),
        qop: maybe(plain('Quality of protection', 'Digest qop.', ['auth'])),
        nonce: text('Nonce', 'Random text of the NVR.'),
        opaque: maybe(text('Opaque', 'Empty.')),
        change_pwd: maybe(plain('Change password', '`first` while the password was never changed.')),
      },
      open,
    ),
  ),
  effect: 'read',
  anonymous: true,
});

export const login = defineOperation({
  id: 'login',
  section: '10.2',
  title: 'Login',
  description: 'Opens a session by answering the challenge of 10.1. The driver does this by itself.',
  domain: 'account',
  method: 'POST',
  path: '/admin/login',
  body: Type.Object({
    username: text('User name', 'Name of the account.'),
    nc: plain('Nonce count', 'Digest nonce count, eight hexadecimal digits.', ['00000001']),
    cnonce: text('Client nonce', 'Random text of the client.'),
    response: text('Response', 'Digest response (MD5, RFC 2617).'),
  }),
  reply: status,
  effect: 'write',
  anonymous: true,
});

export const logout = defineOperation({
  id: 'logout',
  section: '10.3',
  title: 'Logout',
  description: 'Ends the session. The driver does this by itself on close.',
  domain: 'account',
  method: 'GET',
  path: '/admin/logout',
  reply: status,
  effect: 'write',
});

export const setAdminAccount = defineOperation({
  id: 'setAdminAccount',
  section: '10.4',
  title: 'Set administrator account',
  description: 'Gives the administrator another name and password; whoever uses the old ones is shut out.',
  domain: 'account',
  method: 'POST',
  path: '/admin/setAdminAccount',
  body: Type.Object({
    username: Type.String({ minLength: 1, title: 'User name', description: 'New name of the administrator.' }),
    password: password('Password', 'New password of the administrator.'),
  }),
  reply: status,
  effect: 'destructive',
});

const userID = Type.Integer({
  minimum: 0,
  title: 'User',
  description: 'Number of the account at the NVR.',
  examples: [1],
  picks: 'user',
});

const active = maybe(flag('Active', 'Whether the account is in use.'));

const username = maybe(text('User name', 'Name of the account.', ['admin']));

export const userList = defineOperation({
  id: 'userList',
  section: '10.5',
  title: 'Get user list',
  description: 'Lists the accounts of the NVR.',
  domain: 'account',
  method: 'GET',
  path: '/account/userList',
  reply: json(
    Type.Array(
      Type.Object(
        { userID, active, username, password: maybe(flag('Password', 'Whether the account has a password.')) },
        open,
      ),
    ),
  ),
  effect: 'read',
});

function right(title: string, description: string) {
  return maybe(Type.Unknown({ title, description }));
}

/** The document names the rights and says neither their types nor what they mean. */
const permissions = Type.Object(
  {
    live_on: right('Live on', 'Whether the user may watch live.'),
    live: right('Live', 'What the user may watch live.'),
    playback_on: right('Playback on', 'Whether the user may play recordings.'),
    playback: right('Playback', 'What the user may play.'),
    ptz_on: right('PTZ on', 'Whether the user may move cameras.'),
    ptz_control: right('PTZ control', 'What the user may move.'),
    copy_on: right('Copy on', 'Whether the user may copy recordings.'),
    copy: right('Copy', 'What the user may copy.'),
    log_search: right('Log search', 'The right to search the log.'),
    parameter: right('Parameter', 'The right to change settings.'),
    system_maintenance: right('System maintenance', 'The right to maintain the system.'),
    manual_record: right('Manual record', 'The right to record manually.'),
    manage_disk: right('Manage disk', 'The right to manage disks.'),
    remote_login: right('Remote login', 'The right to log in over the network.'),
    sequence_control: right('Sequence control', 'The right to control sequences.'),
    manual_snapshot: right('Manual snapshot', 'The right to take snapshots.'),
  },
  { ...open, title: 'Permissions', description: 'Rights of the account; set what was read, changed.' },
);

/** What 10.6 reads and 10.7 writes: an array by the document, which prints 10.6 without its brackets. */
const users = Type.Array(
  Type.Object(
    {
      userID,
      active,
      username,
      password: maybe(password('Password', 'Password of the account, in plain text; to be set only where it changes.')),
      permissions: maybe(permissions),
    },
    open,
  ),
  { title: 'Account', description: 'A list of one: the account as getUser read it, changed.' },
);

export const getUser = defineOperation({
  id: 'getUser',
  section: '10.6',
  title: 'Get user',
  description: 'Reads one account and its rights, as a list of one.',
  domain: 'account',
  method: 'GET',
  path: '/account/getUser',
  query: Type.Object({ userID }),
  reply: json(users),
  effect: 'read',
});

export const setUser = defineOperation({
  id: 'setUser',
  section: '10.7',
  title: 'Set user',
  description: 'Writes one account and its rights; whoever is logged in with it may be shut out.',
  domain: 'account',
  method: 'POST',
  path: '/account/setUser',
  query: Type.Object({ userID }),
  body: users,
  reply: status,
  settings: () => ({ by: getUser, repeats: ['userID'], words: 'account, password, rights, permissions' }),
  effect: 'destructive',
});

export const accountOperations = {
  getLoginParameters,
  login,
  logout,
  setAdminAccount,
  userList,
  getUser,
  setUser,
} as const;
