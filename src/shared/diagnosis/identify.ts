/** What answered a request for the challenge of the login (SDK 10.1), without any credentials. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Its beginning. */
  readonly body: string;
}

/** What stands at an address. */
export type Identity =
  | { readonly is: 'nvr' }
  /** Made by EverFocus, of a family with another API. */
  | { readonly is: 'another-family'; readonly what: string }
  /** It speaks TLS at this port. */
  | { readonly is: 'tls' }
  | { readonly is: 'another-device'; readonly what: string };

/** Signs of the families before xNVR, whose API is CGI with HTTP's own login. */
const FAMILY = /everfocus|e\s?paragon|\becor|paragon|\bemv\d|\beha\d|\bezn|\bean\d|\behn\d|powerplay|mobilecms/i;
/** Other makes, by what their web servers say of themselves. */
const MAKES: readonly (readonly [RegExp, string])[] = [
  [/app-webs|hikvision|\/doc\/page\/login|dnvrs-webs/i, 'a Hikvision device'],
  [/dahua|\/RPC2/i, 'a Dahua device'],
  [/axis/i, 'an Axis device'],
  [/synology/i, 'a Synology NAS'],
  [/fritz!?box/i, 'a FRITZ!Box'],
  [/homebridge/i, 'Homebridge'],
  [/node-red/i, 'Node-RED'],
];

/** What it is that answered so. */
export function identify({ status, headers, body }: Answer): Identity {
  if (isChallenge(body)) return { is: 'nvr' };
  if (/plain http request was sent to https|client sent an http request to an https/i.test(body)) return { is: 'tls' };
  const { server = '', location = '', 'www-authenticate': realm = '' } = headers;
  // Up to the next bracket of either kind: a body of nothing but beginnings of titles is read once, not once for each.
  const title = /<title[^<>]*>([^<]{0,80})/i.exec(body)?.[1]?.trim() ?? '';
  const signs = [server, realm, title, location, body.slice(0, 4096)].join('\n');
  const told = [
    `HTTP status ${status}`,
    ...(server ? [`server "${server}"`] : []),
    ...(title ? [`title "${title}"`] : []),
    ...(realm ? [`login "${realm}"`] : []),
    ...(location ? [`it leads to ${location}`] : []),
  ].join(', ');
  if (FAMILY.test(signs)) return { is: 'another-family', what: told };
  const make = MAKES.find(([sign]) => sign.test(signs))?.[1];
  return { is: 'another-device', what: make ? `${make} (${told})` : told };
}

/** The challenge of 10.1: JSON with realm and nonce, also in an envelope. */
function isChallenge(body: string): boolean {
  return /^\s*["[{]/.test(body) && /\\?["']?realm\\?["']?\s*:/.test(body) && /\\?["']?nonce\\?["']?\s*:/.test(body);
}
