import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { withLock } from '../../scripts/setup/lock.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** What has all of the bundled browser in one process, which ends where several videos play. */
const together = ['--single-process', '--no-zygote', '--in-process-gpu'];

/**
 * A browser that speaks to nobody but the pages that it is told to open.
 *
 * @param videos several are to play at once
 */
export async function launchChromium(videos = false): Promise<Browser> {
  const installed = onPath();
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
  // A graphics card that software plays costs three times the work of drawing without one.
  const args = [...quiet, '--disable-gpu'];
  if (installed) return chromium.launch({ executablePath: installed, args: [...args, '--no-sandbox'] });
  const { default: bundled } = await import('@sparticuz/chromium');
  bundled.setGraphicsMode = false;
  const own = bundled.args.filter((arg) => !videos || !together.includes(arg));
  // It unpacks itself where it is not yet: whoever came meanwhile would start half of it.
  const executablePath = await withLock(join(tmpdir(), 'everfocus-chromium.lock'), () => bundled.executablePath());
  return chromium.launch({ executablePath, args: [...own, ...args] });
}

function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
