import { bareHost, isHost } from './options.js';

/** An address as people write or paste it, taken apart. */
export interface WrittenAddress {
  /** IP address or host name alone. */
  readonly host: string;
  readonly port?: number;
  /** Absent where it names neither `http` nor `https`. */
  readonly https?: boolean;
  /** Whether there was more, which is not used: a path, a user. */
  readonly more: boolean;
}

/**
 * `192.168.1.20`, `nvr.lan:8080`, `https://[fe80::1]:8443/index.html`. `undefined` where there is no address in it.
 */
export function readAddress(text: string): WrittenAddress | undefined {
  const trimmed = text.trim();
  if (isHost(trimmed)) return { host: bareHost(trimmed), more: false };
  const [, scheme = '', user, host = '', port, path = ''] =
    /^(?:(https?):\/\/)?(?:([^/@]*)@)?(\[[^\]/@]*\]|[^:/?#@]*)(?::(\d{1,5}))?([/?#].*)?$/i.exec(trimmed) ?? [];
  if (!isHost(host)) return undefined;
  const number = port === undefined ? undefined : Number(port);
  if (number === 0 || (number !== undefined && number > 65535)) return undefined;
  return {
    host: bareHost(host),
    ...(number !== undefined && { port: number }),
    ...(scheme !== '' && { https: scheme.toLowerCase() === 'https' }),
    more: user !== undefined || (path !== '' && path !== '/'),
  };
}
