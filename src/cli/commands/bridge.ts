import { Type } from 'typebox';
import { cleanText, limits, safeJson } from '../../shared/internal.js';
import type { Command } from '../command.js';
import { EXIT } from '../failure.js';
import { loggerOf } from '../output.js';

export const bridge: Command = {
  name: 'bridge',
  summary: 'Tell an MQTT broker of NVRs, until it is stopped',
  description: [
    'Many NVRs, one process, one connection. docs/mqtt.md says what is told, and how it is configured.',
    'SIGTERM and Ctrl-C end it: what it told is in doubt then, and its exit code is 0.',
  ],
  operands: [{ name: 'file', description: 'The configuration.' }],
  options: { check: { type: 'flag', description: 'Only check the configuration.' } },
  answers: {
    '--check': Type.Object({ site: Type.String(), nvrs: Type.Integer(), advice: Type.Array(Type.String()) }),
  },
  examples: [
    ['everfocus bridge --check config.json', 'says what is wrong with the file, and where'],
    ['everfocus bridge config.json', 'runs'],
  ],
  async run({ given, out, clock, signal, env }) {
    // Only here: no other command loads the MQTT library.
    const { BridgeConfigError, readBridgeConfig, runBridge } = await import('../../mqtt/index.js');
    const logger = { ...loggerOf(out), ...(!given.flag('verbose') && { debug: () => undefined }) };
    try {
      const { config, advice } = await readBridgeConfig(given.operand(0), env);
      for (const line of advice) logger.warn(line);
      if (given.flag('check')) {
        const { site, nvrs } = config;
        if (out.json) out.document({ site, nvrs: nvrs.length, advice });
        else out.line(`site ${site}: ${nvrs.length} NVR${nvrs.length === 1 ? '' : 's'}; the file can be used`);
        return EXIT.ok;
      }
      await runBridge(config, { logger, signal, clock });
      return EXIT.ok;
    } catch (error) {
      if (!(error instanceof BridgeConfigError)) throw error;
      const { message, faults, code } = error;
      if (out.json) out.note(safeJson({ error: { code, message, faults, exit: EXIT.usage } }));
      else {
        const [head = '', ...lines] = message.split('\n').map((line) => cleanText(line, limits.text.line));
        out.note([`everfocus: ${code}: ${head}`, ...lines].join('\n  '));
      }
      return EXIT.usage;
    }
  },
};
