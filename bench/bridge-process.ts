// The MQTT bridge as a process of its own, from what was built: node bench/bridge-process.ts config.json
import type * as Bridge from '../src/mqtt/index.js';

const built = new URL('../dist/mqtt/index.js', import.meta.url).href;
const { readBridgeConfig, runBridge } = (await import(built)) as typeof Bridge;
const end = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => end.abort());
const { config } = await readBridgeConfig(process.argv[2] ?? '');
const write = (line: string) => process.stderr.write(`${line}\n`);
await runBridge(config, {
  logger: { debug: () => undefined, info: write, warn: write, error: write },
  signal: end.signal,
});
