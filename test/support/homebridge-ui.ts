import type { Page } from 'playwright-core';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from './free-port.js';
import { installed } from './installed.js';
import { until } from './until.js';

const homebridge = join(dirname(createRequire(import.meta.url).resolve('homebridge')), '..');
/** Nobody listens there: the page asks the npm registry and GitHub for news, and gets none. */
const nowhere = 'http://127.0.0.1:9/';

/** Preload: for the server of the plugin's page, loopback is the network around it: nothing of a search leaves the machine. */
export const ON_LOOPBACK = `
  import os from 'node:os';
  import { syncBuiltinESMExports } from 'node:module';
  if (process.argv[1]?.endsWith('homebridge-ui/server.js')) {
    const lo = { address: '127.0.0.1', netmask: '255.0.0.0', family: 'IPv4', mac: '00:00:00:00:00:01', internal: false };
    os.networkInterfaces = () => ({ lo: [lo] });
    syncBuiltinESMExports();
  }`;
/** Homebridge's own settings page (homebridge-config-ui-x), in a process and storage folder of its own, on loopback. */
export class HomebridgeUi {
  readonly address: string;
  readonly #storage: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  /** What it printed. */
  output = '';

  private constructor(address: string, storage: string, child: ChildProcess) {
    this.address = address;
    this.#storage = storage;
    this.#child = child;
    this.#exit = new Promise((resolve) => child.once('exit', resolve));
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (this.output += String(text)));
  }

  /**
   * @param plugins folder with `node_modules/homebridge-everfocus-nvr`
   * @param preload source of a module that each of its processes loads first
   */
  static async start(plugins: string, preload = ''): Promise<HomebridgeUi> {
    // The page wants Homebridge beside it; ours will do.
    const modules = await installed('homebridge-ui', (found) => symlink(homebridge, join(found, 'homebridge')));
    const storage = await mkdtemp(join(tmpdir(), 'homebridge-ui-'));
    const [port, bridgePort] = [await freePort(), await freePort()];
    const bridge = { name: 'Test Bridge', username: '0E:4B:AA:00:00:09', port: bridgePort, pin: '031-45-154' };
    const page = { platform: 'config', name: 'Config', port, host: '127.0.0.1', auth: 'none' };
    const config = { bridge: { ...bridge, bind: ['127.0.0.1'] }, platforms: [page] };
    await writeFile(join(storage, 'config.json'), JSON.stringify(config));
    const program = join(modules, 'homebridge-config-ui-x/dist/bin/hb-service.js');
    const where = ['-U', storage, '-P', join(plugins, 'node_modules'), '--strict-plugin-resolution'];
    const options =
      preload === '' ? {} : { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` };
    const child = spawn(process.execPath, [program, 'run', '--allow-root', '--stdout', '-T', ...where], {
      cwd: storage,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, npm_config_registry: nowhere, HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, ...options },
    });
    const ui = new HomebridgeUi(`http://127.0.0.1:${port}`, storage, child);
    const answers = () =>
      fetch(ui.address).then(
        ({ ok }) => ok,
        () => false,
      );
    await until('the settings page', answers, 90_000).catch((error) => {
      throw new Error(`${String(error)}\n${ui.output.slice(-2000)}`);
    });
    await ui.#finishSetup();
    return ui;
  }

  /** What the page asks of whoever opens it for the first time. */
  async #finishSetup(): Promise<void> {
    const api = `${this.address}/api/setup-wizard`;
    const reply = await fetch(`${api}/get-setup-wizard-token`);
    const { access_token: token } = (await reply.json()) as { access_token: string };
    const user = { username: 'admin', name: 'admin', admin: true, password: 'test-only', passwordConfirm: 'test-only' };
    const created = await fetch(`${api}/create-first-user`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(user),
    });
    if (!created.ok) throw new Error(`no user of the settings page: ${await created.text()}`);
  }

  /** The plugin's section of `config.json`, as it is on disk now. */
  async section(): Promise<Record<string, unknown> | undefined> {
    const { platforms } = JSON.parse(await readFile(join(this.#storage, 'config.json'), 'utf8')) as {
      platforms: { platform: string }[];
    };
    return platforms.find(({ platform }) => platform === 'EverFocusNVR');
  }

  /** Opens its list of plugins there, and what ours may be asked for. */
  async openPlugin(page: Page): Promise<void> {
    await page.goto(`${this.address}/plugins`);
    const more = page.locator('app-plugin-card .dropdown-toggle, .dropdown-toggle.card-link').first();
    await more.waitFor();
    // Where a browser begins, the pointer is over Homebridge's menu, which may open over everything else.
    for (const x of [800, 801]) await page.mouse.move(x, 600);
    await more.click();
  }

  /** Has it speak that language, as a person sets it in its settings. @param language such as `zh-TW` */
  async speak(language: string): Promise<void> {
    const reply = await fetch(`${this.address}/api/auth/noauth`, { method: 'POST' });
    const { access_token: token } = (await reply.json()) as { access_token: string };
    const set = await fetch(`${this.address}/api/config-editor/ui`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ lang: language }),
    });
    if (!set.ok) throw new Error(`the language is not taken: ${await set.text()}`);
  }

  async close(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#exit;
    await rm(this.#storage, { recursive: true, force: true });
  }
}
