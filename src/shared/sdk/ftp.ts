import { asReported } from './as-reported.js';
import { Type, defineOperation, json, open, status } from './declaration.js';
import { flag, password, text } from './fields.js';

const server = {
  host: text('Host', 'Host name or address of the FTP server.', ['192.168.33.10']),
  port: Type.String({
    pattern: '^[0-9]{0,5}$',
    harmless: true,
    title: 'Port',
    description: 'TCP port of the FTP server, as text.',
    examples: ['21'],
  }),
  username: text('User name', 'User name at the FTP server.'),
  password: password('Password', 'Password at the FTP server, in plain text.'),
};

const Ftp = Type.Object(
  {
    active: flag('Active', 'Whether the NVR uploads to the FTP server.'),
    ...server,
    path: text('Path', 'Directory of the FTP server to put data in.', ['/nvr']),
  },
  open,
);

export const setFTP = defineOperation({
  id: 'setFTP',
  section: '10.28',
  title: 'Set FTP settings',
  description: 'Sets the FTP server that the NVR uploads to.',
  domain: 'network',
  method: 'POST',
  path: '/network/setFTP',
  body: Ftp,
  reply: status,
  readBack: () => ({ by: getFTP }),
  settings: () => ({ by: getFTP, words: 'upload, server' }),
  effect: 'write',
});

export const getFTP = defineOperation({
  id: 'getFTP',
  section: '10.29',
  title: 'Get FTP settings',
  description: 'Reads the FTP server that the NVR uploads to, the password in plain text included.',
  domain: 'network',
  method: 'GET',
  path: '/network/getFTP',
  reply: json(asReported(Ftp)),
  effect: 'read',
});

export const testFTP = defineOperation({
  id: 'testFTP',
  section: '10.30',
  title: 'Test an FTP server',
  description: 'Has the NVR try an FTP server, which it does not keep.',
  domain: 'network',
  method: 'POST',
  path: '/network/testFTP',
  body: Type.Object(server),
  reply: status,
  effect: 'write',
  pace: 'scan',
});

export const ftpOperations = { setFTP, getFTP, testFTP } as const;
