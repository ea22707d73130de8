// A small MQTT broker for machines without Mosquitto: node scripts/demo/aedes.mjs '{"port": 1883}'
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { Aedes } from 'aedes';
import { connect } from 'mqtt';

/**
 * @typedef {object} BrokerSettings
 * @property {number} port on 127.0.0.1
 * @property {{ cert: string, key: string, ca?: string }} [tls] paths; with `ca` clients need a certificate of its
 * @property {{ port: number, topics: string[] }} [bridge] what goes on to another broker on this machine
 */

/** @type {BrokerSettings} */
const { port, tls, bridge } = JSON.parse(process.argv[2] ?? '{}');
const aedes = await Aedes.createBroker();
/** @param {import('node:stream').Duplex} socket */
const handle = (socket) => void aedes.handle(/** @type {import('node:net').Socket} */ (socket));
const read = (/** @type {string} */ path) => readFileSync(path);
const server = tls
  ? createSecureServer(
      {
        cert: read(tls.cert),
        key: read(tls.key),
        ...(tls.ca && { ca: read(tls.ca), requestCert: true, rejectUnauthorized: true }),
      },
      handle,
    )
  : createServer(handle);
server.listen(port, '127.0.0.1', () => console.log(`aedes listens on ${port}`));

if (bridge) {
  const centre = connect(`mqtt://127.0.0.1:${bridge.port}`);
  for (const topic of bridge.topics) {
    await aedes.subscribe(
      topic,
      (packet, done) => {
        centre.publish(packet.topic, packet.payload, { qos: 1, retain: packet.retain });
        done();
      },
      () => undefined,
    );
  }
}
