/**
 * @typedef {{ packages: Record<string, { version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }> }} Lockfile
 */

/**
 * Whether npm has installed what the lock file asks for, going by npm's own record in `node_modules/.package-lock.json`,
 * which it writes when everything is in place. Packages for other platforms are never there.
 *
 * @param {Lockfile} wanted `package-lock.json`
 * @param {Lockfile | undefined} present `node_modules/.package-lock.json`
 */
export function isInstalled(wanted, present) {
  if (!present) return false;
  return Object.entries(wanted.packages).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    const installed = present.packages[path];
    return installed ? installed.version === version : Boolean(optional || devOptional);
  });
}
