import { Type, defineOperation, json, open, status } from './declaration.js';
import { maybe, text } from './fields.js';

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
        realm: text('Realm', 'Digest realm.', ['xnvr']),
        qop: maybe(text('Quality of protection', 'Digest qop.', ['auth'])),
        nonce: text('Nonce', 'Random text of the NVR.'),
        opaque: maybe(text('Opaque', 'Empty.')),
        change_pwd: maybe(text('Change password', '`first` while the password was never changed.')),
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
    nc: text('Nonce count', 'Digest nonce count, eight hexadecimal digits.', ['00000001']),
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
