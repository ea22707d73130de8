import { ConfigurationReader, type Problem } from './configuration-reader.js';

export type { Problem, ProblemCode } from './configuration-reader.js';

/** One alarm output (DO pin) that the user described. */
export interface OutputConfiguration {
  readonly pin: number;
  readonly name?: string;
  /** The output goes off by itself after this time, s [0.1…3600]. */
  readonly pulse?: number;
}

/** One NVR, checked and completed. */
export interface NvrConfiguration {
  readonly name: string;
  readonly host: string;
  /** TCP port of the NVR's web server. Default 80; 443 with https. */
  readonly port: number;
  readonly https: boolean;
  /** SHA-256 of the NVR's self-signed certificate, `AA:BB:…`. */
  readonly fingerprint?: string;
  readonly username: string;
  readonly password: string;
  readonly outputs: readonly OutputConfiguration[];
}

export interface PlatformConfiguration {
  readonly nvrs: readonly NvrConfiguration[];
  /** Whether `nvrs` is there at all, be it empty. */
  readonly listed: boolean;
  /** Path of the ffmpeg to use instead of the one that is found. */
  readonly ffmpeg?: string;
  /** What is wrong, in the order of the configuration. */
  readonly problems: readonly Problem[];
}

/**
 * Checks the platform's section of Homebridge's configuration. Never throws: an NVR entry that can't be used is left
 * out with a problem, the others go on. Unknown keys are Homebridge's or the user's own, and passed over.
 */
export function readConfiguration(raw: unknown): PlatformConfiguration {
  const problems: Problem[] = [];
  const reader = new ConfigurationReader(raw, '', problems);
  const ffmpeg = reader.optionalText('ffmpeg', 'the path of an ffmpeg program');
  const entries = reader.list('nvrs');
  const nvrs: NvrConfiguration[] = [];
  entries.forEach((entry, index) => {
    const nvr = readNvr(entry, `nvrs[${index}]`, problems);
    if (!nvr) return;
    const twin = nvrs.findIndex((other) => other.host === nvr.host && other.port === nvr.port);
    if (twin === -1) return void nvrs.push(nvr);
    const message = `${nvr.host}:${nvr.port} is the address of "${nvrs[twin]?.name}" already: remove one of the two.`;
    problems.push({ code: 'DUPLICATE', path: `nvrs[${index}].host`, message });
  });
  return { nvrs, listed: reader.has('nvrs'), ...(ffmpeg !== undefined && { ffmpeg }), problems };
}

function readNvr(entry: unknown, path: string, problems: Problem[]): NvrConfiguration | undefined {
  const found: Problem[] = [];
  const reader = new ConfigurationReader(entry, path, found);
  if (found.length > 0) {
    problems.push(...found);
    return undefined;
  }
  const host = reader.text('host', "the NVR's address on your network, such as 192.168.1.20");
  if (host !== undefined && !/^[\w.:[\]-]+$/.test(host)) {
    reader.problem('INVALID', 'host', 'write the address alone, such as 192.168.1.20: no "http://", no path, no user.');
  } else if (host !== undefined && /^[^:]*:[^:]*$/.test(host)) {
    reader.problem('INVALID', 'host', 'write the address alone and the port into "port".');
  }
  const https = reader.optionalFlag('https') ?? false;
  const port = reader.optionalInteger('port', 1, 65535) ?? (https ? 443 : 80);
  const fingerprint = reader.optionalText('fingerprint', 'the SHA-256 fingerprint of the certificate');
  if (fingerprint !== undefined && !/^([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i.test(fingerprint)) {
    reader.problem('INVALID', 'fingerprint', 'write the 32 bytes of the SHA-256 fingerprint, such as AB:CD:….');
  }
  const username = reader.text('username', 'a user of the NVR');
  const password = reader.text('password', 'the password of that user');
  const name = reader.optionalText('name', 'the name of the NVR') ?? host;
  problems.push(...found);
  if (found.length > 0 || host === undefined || username === undefined || password === undefined) return undefined;
  const outputs = readOutputs(reader.list('outputs'), `${path}.outputs`, problems);
  return {
    name: name ?? host,
    host,
    port,
    https,
    ...(fingerprint !== undefined && { fingerprint }),
    username,
    password,
    outputs,
  };
}

/** An output that can't be used is left out: the pin is shown all the same, as a plain switch. */
function readOutputs(entries: readonly unknown[], path: string, problems: Problem[]): OutputConfiguration[] {
  const outputs: OutputConfiguration[] = [];
  entries.forEach((entry, index) => {
    const found: Problem[] = [];
    const reader = new ConfigurationReader(entry, `${path}[${index}]`, found);
    const pin = reader.integer('pin', 1, 65535, 'the number of an alarm output');
    const name = reader.optionalText('name', 'the name of the output');
    const pulse = reader.optionalNumber('pulse', 0.1, 3600);
    if (outputs.some((other) => other.pin === pin)) {
      reader.problem('DUPLICATE', 'pin', `pin ${pin} is described already: remove one of the two.`);
    }
    problems.push(...found);
    if (pin === undefined || found.length > 0) return;
    outputs.push({ pin, ...(name !== undefined && { name }), ...(pulse !== undefined && { pulse }) });
  });
  return outputs;
}
