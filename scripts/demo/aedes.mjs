// A small MQTT broker for machines without Mosquitto: node scripts/demo/aedes.mjs '{"port": 1883}'
import { createServer } from 'node:net';
import { Aedes } from 'aedes';

/** @type {{ port: number }} on 127.0.0.1 */
const { port } = JSON.parse(process.argv[2] ?? '{}');
const aedes = await Aedes.createBroker();
const server = createServer((socket) => void aedes.handle(socket));
server.listen(port, '127.0.0.1', () => console.log(`aedes listens on ${port}`));
