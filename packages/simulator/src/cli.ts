#!/usr/bin/env node
import { createInterface } from 'node:readline';
import { InvalidParameterError, NvrError } from '../../../src/shared/errors.js';
import { HELP, readArguments, type ReplaySettings } from './cli-arguments.js';
import { BundleError, loadBundle } from './replay/bundle.js';
import { Replay } from './replay/replay.js';
import { Simulator } from './simulator.js';
import { obey } from './terminal.js';

/** Exit codes: 2 for bad arguments, 1 for what keeps a good call from working, such as a port in use. */
try {
  const settings = readArguments(process.argv.slice(2));
  if (settings === 'help') process.stdout.write(HELP);
  else if ('replay' in settings) await serve(settings);
  else run(settings.username, await Simulator.start({ ...settings, tell: say }));
} catch (error) {
  complain(`everfocus-simulator: ${describe(error)}`);
  process.exitCode = error instanceof InvalidParameterError || error instanceof BundleError ? 2 : 1;
}

async function serve({ replay: file, host, port }: ReplaySettings): Promise<void> {
  const bundle = await loadBundle(file);
  const replay = await Replay.start(bundle, { host, port });
  const { username, password } = bundle.account;
  say(
    `Replay    http://${replay.host}:${replay.port}  (captured ${bundle.made}; user ${username}, password ${password}, or any)`,
  );
  say('Ctrl-C stops it.');
  const stop = () => void replay.stop().catch((error: unknown) => complain(describe(error)));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function run(username: string, simulator: Simulator): void {
  const control = `http://127.0.0.1:${simulator.controlPort}`;
  say(`NVR       http://${simulator.host}:${simulator.port}  (${simulator.cameras} cameras, user ${username})`);
  if (simulator.httpsPort !== undefined) {
    say(`HTTPS     https://${simulator.host}:${simulator.httpsPort}  (SHA-256 ${simulator.fingerprint})`);
  }
  if (simulator.rtspPort !== undefined) say(`RTSP      rtsp://${simulator.host}:${simulator.rtspPort}/live/1/0`);
  say(`Control   ${control}/  (open it in a browser)`);
  say(`Motion    curl -d '{"channel":2}' ${control}/event  or type: m 2`);
  say('Ctrl-C stops it; help lists what can be typed.');

  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    obey(line, simulator).then(say, (error: unknown) => complain(describe(error)));
  });
  const stop = () => {
    lines.close();
    simulator.stop().catch((error: unknown) => complain(describe(error)));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

function describe(error: unknown): string {
  if (error instanceof NvrError) return `${error.code}: ${error.message}`;
  const code = error instanceof Error && 'code' in error ? `${String(error.code)}: ` : '';
  return `${code}${error instanceof Error ? error.message : String(error)}`;
}
