import { FlowError } from '../errors.js';
import type { NvrConfig, NvrCredentials } from '../nodes/nvr/options.js';

/** What the editor sends in place of a password that was stored before. */
export const unchanged = '__PWRD__';

/** Settings of an NVR with its account. */
export interface Account {
  readonly config: NvrConfig;
  readonly credentials: NvrCredentials;
}

/** A deployed NVR: as it was typed, and as Node-RED resolved it. */
export interface DeployedNvr {
  readonly typed: Account;
  readonly resolved: Account;
}

/** What decides to whom secrets go: scheme, host, port and certificate. */
const address = ['https', 'host', 'port', 'fingerprint'] as const;

/**
 * What to test with. Whoever may press the button may not be one who may deploy, so the server's own knowledge (stored
 * passwords, environment variables) is used only at the very address that it was deployed for, and variables only where
 * they are deployed. Everything else must be typed out.
 *
 * @throws FlowError `NOT_CONFIGURED`
 */
export function settleTest(typed: Account, deployed: DeployedNvr | undefined): Account {
  const known = deployed && sameAddress(typed.config, deployed.typed.config) ? deployed : undefined;
  return {
    config: known?.resolved.config ?? withoutVariables(typed.config),
    credentials: {
      username: settle(
        'user name',
        typed.credentials.username ?? known?.typed.credentials.username ?? '',
        known,
        'username',
      ),
      password: settle('password', typed.credentials.password ?? unchanged, known, 'password'),
    },
  };
}

function settle(label: string, typed: string, known: DeployedNvr | undefined, name: keyof NvrCredentials): string {
  const resolved = known?.resolved.credentials[name];
  if (name === 'password' && typed === unchanged) {
    if (resolved !== undefined) return resolved;
    throw new FlowError('NOT_CONFIGURED', 'type the password again: the stored one belongs to another address');
  }
  if (!isVariable(typed)) return typed;
  if (resolved !== undefined && typed === known?.typed.credentials[name]) return resolved;
  throw variable(label);
}

/** @throws FlowError */
function withoutVariables(config: NvrConfig): NvrConfig {
  for (const name of address) if (isVariable(config[name])) throw variable(name);
  return config;
}

function variable(label: string): FlowError {
  return new FlowError(
    'NOT_CONFIGURED',
    `${label}: an environment variable is read only for what is deployed: deploy first, or type its value for the test`,
  );
}

function sameAddress(typed: NvrConfig, deployed: NvrConfig): boolean {
  return address.every((name) => String(typed[name] ?? '').trim() === String(deployed[name] ?? '').trim());
}

/** What Node-RED replaces on deploy, also in its old spelling. */
function isVariable(value: unknown): boolean {
  return typeof value === 'string' && /^\s*\$(\{.*\}|\(.*\))\s*$/s.test(value);
}
