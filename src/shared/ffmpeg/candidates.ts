import { constants } from 'node:fs';
import { access } from 'node:fs/promises';

/** Binaries that npm packages brought along. Both are optional, and their binaries are too. */
export async function installedPackages(): Promise<{ homebridge?: string; installer?: string }> {
  const homebridge = await importedPath('ffmpeg-for-homebridge', (module) => module.default);
  const installer = await importedPath('@ffmpeg-installer/ffmpeg', (module) => (module.default as Installer)?.path);
  return { ...(homebridge && { homebridge }), ...(installer && { installer }) };
}

interface Installer {
  readonly path?: unknown;
}

async function importedPath(
  name: string,
  pick: (module: { default?: unknown }) => unknown,
): Promise<string | undefined> {
  try {
    const path = pick((await import(name)) as { default?: unknown });
    return typeof path === 'string' && (await isExecutable(path)) ? path : undefined;
  } catch {
    return undefined;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
