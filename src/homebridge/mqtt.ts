import type { DeviceStore, Logger, Nvr } from '../shared/index.js';
import { prefixed } from '../shared/internal.js';
import { describeProblem, type MqttConfiguration, type NvrConfiguration } from './config.js';

/** An NVR that HomeKit has, with the client that it has it by. */
export interface SharedNvr {
  readonly configuration: NvrConfiguration;
  readonly client: Nvr;
}

export interface MqttSurroundings {
  readonly logger: Logger;
  /** Homebridge's folder: paths are relative to it. */
  readonly folder: string;
  readonly store: DeviceStore;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Entries of the configuration cannot be used: their NVRs are not gone. */
  readonly isIncomplete: boolean;
}

/**
 * Tells a broker of the NVRs (docs/mqtt.md), by the connections that the plugin has: an NVR sees one client. Resolves once
 * it has ended; whatever goes wrong is in the log, and costs nothing of HomeKit.
 */
export async function tellByMqtt(
  { url, username, password, ca, site, homeAssistant, outputs }: MqttConfiguration,
  nvrs: readonly SharedNvr[],
  { logger, folder, store, signal, isIncomplete }: MqttSurroundings,
): Promise<void> {
  try {
    // Only where it is switched on: Homebridge starts without the MQTT library.
    const { BridgeConfigError, completeBridgeConfig, runBridge } = await import('../mqtt/index.js');
    const written = {
      ...{ site, homeAssistant },
      broker: { url, ...(username && { username }), ...(password !== undefined && { password }), ...(ca && { ca }) },
      nvrs: nvrs.map(({ configuration: nvr }) => ({
        ...{ host: nvr.host, port: nvr.port, https: nvr.https, username: nvr.username, password: nvr.password },
        commands: { outputs },
      })),
    };
    try {
      const place = { name: 'mqtt', folder, environment: {}, isOpen: false };
      const { config, advice } = await completeBridgeConfig(written, place);
      for (const line of advice) logger.warn(`MQTT: ${line}`);
      await runBridge(config, {
        ...{ signal, store, logger: prefixed(logger, 'MQTT: '), isIncomplete },
        clients: nvrs.map(({ client }) => client),
        advice: 'nothing is told of it; "everfocus bridge" can give it an "id"',
      });
    } catch (error) {
      if (!(error instanceof BridgeConfigError)) throw error;
      for (const { path, message } of error.faults) {
        const where = path.replace(/^(broker\.)?/, 'mqtt.');
        logger.error(describeProblem({ code: 'INVALID', path: where, label: 'MQTT', message }));
      }
    }
  } catch (error) {
    if (!signal.aborted) logger.error(`MQTT has ended: ${String(error)}`);
  }
}
