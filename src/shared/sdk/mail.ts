import { asReported } from './as-reported.js';
import { Type, defineOperation, json, open, status } from './declaration.js';
import { flag, maybe, password, text } from './fields.js';

function Receiver(number: number) {
  return text(`Receiver ${number}`, 'Mail address; may be empty.', [`receiver${number}@email.address`]);
}

const Mail = Type.Object(
  {
    active: flag('Active', 'Whether the NVR sends mails.'),
    encryption: Type.Enum(['Disable', 'Enable', 'Auto', 'Disbale'], {
      title: 'Encryption',
      description:
        "SSL/TLS towards the mail server; Auto: on the ports 465 and 587. The document's samples say Disbale: some devices may.",
    }),
    smpt_port: Type.Integer({
      minimum: 0,
      maximum: 65535,
      title: 'SMTP port',
      description: 'TCP port of the mail server.',
      examples: [25],
    }),
    smpt_server: text('SMTP server', 'Host name or address of the mail server.', ['email.server']),
    username: text('User name', 'User name at the mail server.'),
    // A password that was not supplied is not written.
    password: maybe(password('Password', 'Password at the mail server, in plain text.')),
    sender: text('Sender', 'Mail address of the sender.', ['sender@email.address']),
    receiver1: Receiver(1),
    receiver2: Receiver(2),
    receiver3: Receiver(3),
    interval: Type.Integer({
      minimum: 0,
      title: 'Interval',
      description: 'Least time between two mails; the document names no unit, seconds by its sample.',
      examples: [300],
    }),
  },
  open,
);

export const getEMail = defineOperation({
  id: 'getEMail',
  section: '7.11',
  title: 'Get mail settings',
  description: 'Reads how the NVR sends mails, the password in plain text included.',
  domain: 'network',
  method: 'GET',
  path: '/network/getEMail',
  reply: json(asReported(Mail)),
  effect: 'read',
});

export const testEMail = defineOperation({
  id: 'testEMail',
  section: '7.12',
  title: 'Send a test mail',
  description: 'Has the NVR send a test mail with the given settings, which it does not keep.',
  domain: 'network',
  method: 'POST',
  path: '/network/testEMail',
  body: Mail,
  reply: status,
  effect: 'write',
  pace: 'scan',
});

export const setEMail = defineOperation({
  id: 'setEMail',
  section: '7.13',
  title: 'Set mail settings',
  description: 'Sets how the NVR sends mails.',
  domain: 'network',
  method: 'POST',
  path: '/network/setEMail',
  body: Mail,
  reply: status,
  readBack: () => ({ by: getEMail }),
  settings: () => ({ by: getEMail, words: 'email, SMTP, notification' }),
  effect: 'write',
});

export const mailOperations = { getEMail, testEMail, setEMail } as const;
