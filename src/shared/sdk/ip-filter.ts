import { Type, defineOperation, json, open, status } from './declaration.js';
import { flag, maybe, text } from './fields.js';

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const address = `${octet}(\\.${octet}){3}`;

const examples = ['192.168.1.1', '192.168.2.0/24', '192.168.3.1-192.168.3.10'];

const Entry = Type.String({
  pattern: `^${address}(/(3[0-2]|[12]?[0-9])|-${address})?$`,
  title: 'Addresses',
  description: 'One IPv4 address, a network or a range.',
  examples,
});

const filter = {
  active: flag('Active', 'Whether addresses are filtered.'),
  mode: Type.Integer({ minimum: 0, maximum: 1, title: 'Mode', description: '0: blacklist, 1: whitelist.' }),
};

const blacklist = { title: 'Blacklist', description: 'Addresses that are denied access.', examples: [examples] };
const whitelist = { title: 'Whitelist', description: 'Addresses that are allowed access.', examples: [[]] };

export const setIPFilter = defineOperation({
  id: 'setIPFilter',
  section: '10.31',
  title: 'Set the IP filter',
  description: 'Sets which addresses may reach the NVR. A mistake locks everybody out.',
  domain: 'network',
  method: 'POST',
  path: '/network/setIPFilter',
  body: Type.Object(
    { ...filter, blacklist: Type.Array(Entry, blacklist), whitelist: Type.Array(Entry, whitelist) },
    open,
  ),
  reply: status,
  readBack: () => ({ by: getIPFilter }),
  settings: () => ({ by: getIPFilter, words: 'firewall, blacklist, whitelist' }),
  effect: 'destructive',
});

/** Entries that the document does not know, such as IPv6 addresses, are reported as well. */
const ReportedEntry = text('Addresses', 'One address, a network or a range.', examples);

export const getIPFilter = defineOperation({
  id: 'getIPFilter',
  section: '10.32',
  title: 'Get the IP filter',
  description: 'Reads which addresses may reach the NVR.',
  domain: 'network',
  method: 'GET',
  path: '/network/getIPFilter',
  reply: json(
    Type.Object(
      {
        active: maybe(filter.active),
        mode: maybe(filter.mode),
        blacklist: maybe(Type.Array(ReportedEntry, blacklist)),
        whitelist: maybe(Type.Array(ReportedEntry, whitelist)),
      },
      open,
    ),
  ),
  effect: 'read',
});

export const ipFilterOperations = { setIPFilter, getIPFilter } as const;
