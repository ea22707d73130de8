/** What npm prints, and what it means to the person at the terminal. The first that fits counts. */
const meanings = /** @type {const} */ ([
  [/ENOSPC/, 'NO_DISK_SPACE', 'The disk is full: the project needs about 1 GB below node_modules.'],
  [/EACCES|EPERM|EROFS/, 'NO_PERMISSION', 'npm may not write here: check who owns this folder and ~/.npm.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|SELF_SIGNED_CERT|UNABLE_TO_/,
    'NO_NETWORK',
    'npm cannot reach its registry: check the network, the proxy and `npm config get registry`.',
  ],
  [/ETARGET|E404/, 'PACKAGE_MISSING', 'The npm registry in use lacks a package: check `npm config get registry`.'],
  [/EINTEGRITY/, 'PACKAGE_DAMAGED', 'A download is damaged: run `npm cache verify` and try again.'],
  [
    /EUSAGE|out of sync|in sync/,
    'LOCKFILE_STALE',
    'package-lock.json does not fit package.json: run `npm install --ignore-scripts`.',
  ],
]);

/**
 * @param {string} output what npm printed
 * @returns {{ code: string, advice: string }}
 */
export function explainNpmFailure(output) {
  for (const [pattern, code, advice] of meanings) if (pattern.test(output)) return { code, advice };
  return { code: 'NPM_FAILED', advice: 'npm failed; its own words are above.' };
}
