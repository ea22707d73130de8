import { writeFileSync } from 'node:fs';
import { bundleText } from '../src/shared/internal.js';
import { simulatorCaptures, takeCapture } from '../test/support/simulator-captures.js';

// Makes the captures of our simulator anew; a test fails where they are not of today.
for (const name of Object.keys(simulatorCaptures)) {
  const text = bundleText(await takeCapture(name, 1));
  writeFileSync(new URL(`../test/captures/${name}.json`, import.meta.url), text);
  process.stdout.write(`${name}: ${Math.ceil(text.length / 1024)} KiB\n`);
}
