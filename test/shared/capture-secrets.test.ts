import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { Nvr } from '../../src/shared/index.js';
import { type Bundle, capture } from '../../src/shared/internal.js';

/** What the owner would not want strangers to read. */
const secrets = {
  password: 'Tr0ub4dor&"3é<',
  user: 'gatekeeper.anna',
  cameraName: 'Anna\'s "Nursery" & <Loft> Köln',
  cameraPassword: 'c4m-S3cret/+=',
  address: '10.77.13.205',
  mac: 'd8:3a:dd:7f:21:9c',
  host: 'recorder.muellerhaus.example',
  mail: 'anna.mueller@muellerhaus.example',
  ssid: 'Muellers-WLAN 5G',
  ddns: 'muellerhaus-ddns',
  serial: 'SN7F3K92QX81',
  card: '4929123456781234',
} as const;

const html = (text: string) =>
  text
    .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/[\u0080-\uffff]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const unicode = (text: string) =>
  text.replace(/[^]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
const digest = (name: string, text: string) => createHash(name).update(text).digest('hex');

/** Every spelling in which a secret may travel. */
const spellings = (text: string) => [
  text,
  encodeURIComponent(text),
  Buffer.from(text).toString('base64'),
  Buffer.from(text).toString('base64url'),
  Buffer.from(text).toString('hex'),
  Buffer.from(text).toString('hex').toUpperCase(),
  JSON.stringify(text).slice(1, -1),
  unicode(text),
  html(text),
  digest('md5', text),
  digest('sha1', text),
  digest('sha256', text),
  Buffer.from(text, 'latin1').toString('latin1'),
];
const everything = Object.values(secrets).flatMap(spellings);
const one = JSON.stringify;
/** In a header field only what may stand there. */
const sendable = everything.filter((text) => /^[\x20-\x7e]*$/.test(text));

const { user, password, cameraName, cameraPassword, address, mac, host, mail, ssid, ddns, serial, card } = secrets;

/** What the recorder answers, as text. */
const replies: Readonly<Record<string, string>> = {
  'GET /admin/login': one({ realm: 'xnvr', qop: 'auth', nonce: 'abcdef', opaque: user, user: digest('md5', user) }),
  'POST /admin/login': one({ Result: 'OK', Description: `userID=1 ${user} from ${address}`, token: password }),
  'GET /admin/logout': '{"Result":"OK"}',
  'GET /system/getSystemInfo': `\uFEFF{ "model" : 'ENR-16', "serial":"${serial}", device_name: ${one(cameraName)},\r\n  "ipcam_channels":"2", "unheard":${card}, "deep":{"who":[${one(user)},{"pw":${one(password)}}],"on":true,"n":null},\n "software_version":"1.2.3 ${user}", }`,
  'GET /device/cameraList': one([
    {
      ChannelID: 1,
      DeviceName: cameraName,
      IPAddress: address,
      MacAddress: mac,
      Model: `M ${serial}`,
      Extra: everything,
    },
    { ChannelID: '2', DeviceName: encodeURIComponent(cameraName), IPAddress: host, Manufacturer: 'EverFocus' },
  ]).replace(one(cameraName), `"${unicode(cameraName)}"`),
  'GET /device/cameraStatus': one([
    { ChannelID: 1, Online: 1 },
    { ChannelID: 2, Online: 'false' },
  ]),
  'GET /network/getNetwork': one(
    one({ interfaces: [{ wifiSSID: ssid, wifiPwd: cameraPassword, address, mac, netmask: '255.255.255.0' }] }),
  ),
  'GET /network/getDDNS': one({
    domain: ddns,
    server: host,
    mac: mac.toUpperCase().replaceAll(':', '-'),
    [ddns]: { [cameraName]: 1 },
  }),
  'GET /network/getEMail': one({ username: mail, password: cameraPassword, sender: `Anna <${mail}>`, smpt_port: 25 }),
  'GET /account/userList': one([{ userID: 1, username: user, password: true }]),
  'GET /network/getFTP': one({ host: address, path: `/${user}/${ddns}`, username: user, password }),
  'GET /device/cameraDetail': one({
    ChannelID: 1,
    UserName: user,
    Password: cameraPassword,
    Schedule: spellings(user),
  }),
  'POST /system/searchLogs': one([
    { createTime: 1_700_000_000_000, type: 'Account', description: `Login ${user}@${address}`, user },
  ]),
  'GET /storage/getStorages': `Result=Error ${everything.join(' ')}`,
  'GET /network/getIPFilter': `<html><head><title>Login ${html(cameraName)}</title></head><body>${everything.map(html).join('<br>')}</body></html>`,
  'GET /dio/GetGPIOInfo': one({ Result: 'Error', Description: `${user} may not, ${everything.join(' ')}` }),
};

const headers = {
  Server: `lighttpd/1.4 ${user}`,
  'X-User': user,
  'X-User-Digest': `${digest('md5', user)} ${digest('sha256', user)}`,
  [`X-${user.replaceAll('.', '-')}`]: 'yes',
  'X-All': sendable.join(' '),
  'Set-Cookie': [
    `sid=${encodeURIComponent(user)}.${digest('sha1', user)}; Path=/; HttpOnly`,
    `remember=${Buffer.from(`${user}:${password}`).toString('base64')}; Domain=${host}; Max-Age=3600`,
  ],
  'WWW-Authenticate': `Digest realm="${host}", nonce="${serial}"`,
  Location: `http://${user}:x@${address}/login.html?u=${user}`,
  ETag: `"${digest('md5', mac)}"`,
};

const server = createServer((request, response) => {
  const path = `${request.method} ${request.url?.split('?')[0]}`;
  request.resume().on('end', () => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.statusMessage = path.includes('DDNS') ? `OK for ${user}` : 'OK';
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end(replies[path] ?? one({ Result: 'Error', Description: `no ${path} for ${user}` }));
  });
});
const sockets = new WebSocketServer({ noServer: true });
sockets.on('headers', (lines) => lines.push(`X-User: ${user}`, `Set-Cookie: s=${user}`));
server.on('upgrade', (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (open) => {
    open.send(one({ ChannelID: 1, Type: 'Motion', State: 'active', By: user, Data: everything }));
    open.send(
      one([
        { ChannelID: 1, Type: cameraName, State: 'once' },
        { message: 'network', content: { wifiSSID: ssid } },
      ]),
    );
    open.send(`not JSON at all: ${everything.join(' ')}`);
  }),
);

let bundle: Bundle;
/** All of it, as it stands in the file, and as it reads once JSON is taken off. */
let text: string;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const account = { host: '127.0.0.1', username: user, password };
  bundle = await capture({
    account,
    by: 'test',
    connect: (tap) => new Nvr({ ...account, port, tap, feedLingerMs: 0 }),
    listen: 300,
    patience: 300,
    cameras: 1,
  });
  const strings: string[] = [];
  JSON.stringify(bundle, (name, value: unknown) => {
    strings.push(name);
    if (typeof value === 'string') strings.push(value);
    return value;
  });
  text = [JSON.stringify(bundle), ...strings].join('\n').toLowerCase();
});
afterAll(() => {
  sockets.close();
  server.closeAllConnections();
  server.close();
});

const replyTo = (operation: string) => {
  const found = bundle.exchanges.find((exchange) => exchange.operation === operation);
  return found && 'reply' in found && 'text' in found.reply ? found.reply.text : '';
};
/** What stands for a secret, told by the field that holds it. */
const standInOf = (operation: string, field: string) =>
  new RegExp(`"?${field}"? ?: ?"([^"]*)"`).exec(replyTo(operation))?.[1] ?? '';

describe('a capture', () => {
  it.each(Object.entries(secrets))('holds no %s, in whatever spelling', (_, secret) => {
    expect(bundle.exchanges.length).toBeGreaterThan(40);
    expect(bundle.sockets.filter(({ messages }) => messages.length > 0).length).toBeGreaterThan(4);
    expect(spellings(secret).filter((spelling) => text.includes(spelling.toLowerCase()))).toEqual([]);
  });

  it('has the same stand-in for the same secret, wherever it stands', () => {
    const named = standInOf('getFTP', 'username');
    expect(named).toMatch(/^[a-z]{10}\.[a-z]{4}$/);
    expect(bundle.account.username).toBe(named);
    expect(standInOf('userList', 'username')).toBe(named);
    const [, , ...detail] = Object.values(JSON.parse(replyTo('cameraDetail')) as Record<string, unknown>);
    expect((detail[1] as string[])[0]).toBe(named);
    const fields = bundle.exchanges.flatMap((exchange) => ('headers' in exchange ? exchange.headers : []));
    expect(fields.find(([name]) => name === 'X-User')?.[1]).toBe(named);
    expect(fields.find(([name]) => name === 'Server')?.[1]).toMatch(new RegExp(`^lighttpd/\\d\\.\\d ${named}$`));
    expect(standInOf('getFTP', 'password')).toBe(bundle.account.password);
    expect(standInOf('getFTP', 'host')).toMatch(/^198\.(18|19)\.\d+\.\d+$/);
    // Seen first in fields that the document does not know, where nothing tells that it is a password.
    expect(standInOf('getEMail', 'password')).toMatch(/^Passw0rd-\d+$/);
    expect(replyTo('cameraList')).toContain(`"${standInOf('getEMail', 'password')}"`);
    expect(replyTo('cameraList')).toContain(`"IPAddress":"${standInOf('getFTP', 'host')}"`);
  });

  it('keeps what is no secret: names, kinds and spelling of what the document does not know, times, the dialect', () => {
    const info = replyTo('getSystemInfo');
    expect(info.startsWith('\uFEFF{ "model" : \'ENR-16\', "serial":"')).toBe(true);
    expect(info).toMatch(
      /device_name: "[A-Z][a-z]{3}'[a-z] \\"[A-Z][a-z]{6}\\" & <[A-Z][a-z]{3}> [A-Z][äéîöñøß][a-z]{2}",\r\n {2}"ipcam_channels":"2"/,
    );
    expect(info).toMatch(
      /"unheard":[1-9]\d{15}, "deep":\{"who":\["[a-z]{10}\.[a-z]{4}",\{"pw":"Passw0rd-\d+"\}\],"on":true,"n":null\},\n/,
    );
    expect(info.endsWith(', }')).toBe(true);
    expect(JSON.parse(replyTo('cameraStatus'))).toEqual([
      { ChannelID: 1, Online: 1 },
      { ChannelID: 2, Online: 'false' },
    ]);
    expect(JSON.parse(replyTo('searchLogs'))).toMatchObject([{ createTime: 1_700_000_000_000, type: 'Account' }]);
    expect(JSON.parse(JSON.parse(replyTo('getNetwork')) as string)).toMatchObject({
      interfaces: [{ netmask: '255.255.255.0' }],
    });
    expect(replyTo('getIPFilter')).toMatch(/^<html><head><title>Login /);
    expect(replyTo('login')).toMatch(/"Description":"userID=1 /);
    const [cookie] = bundle.exchanges
      .flatMap((exchange) => ('headers' in exchange ? exchange.headers : []))
      .filter(([name]) => name === 'Set-Cookie');
    expect(cookie?.[1]).toMatch(/^sid=[^;]+; Path=\/; HttpOnly$/);
  });

  it('says what it has replaced', () => {
    expect(Object.keys(bundle.replaced).sort()).toEqual(
      ['addresses', 'names', 'other texts', 'passwords', 'serial numbers', 'sessions', 'user names'].sort(),
    );
  });
});
