/** The MQTT bridge: EverFocus NVRs as topics of a broker; docs/mqtt.md shows how to use it. */
export { type BridgeOptions, runBridge } from './bridge.js';
export type { Fault } from './config/check.js';
export { bridgeOptions } from './config/options.js';
export { type BridgeConfig, BridgeConfigError, completeBridgeConfig, readBridgeConfig } from './config/read.js';
