import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { apiReport } from './api-report.js';
import { cliPage } from './cli-page.js';
import { driverPage } from './driver-page.js';
import { formatted } from './formatted.js';
import { settingsForm, withSettings } from './homebridge-settings.js';
import { bridgeSchema, mqttPage } from './mqtt-page.js';
import { operationsPage, testsCalled } from './operations-page.js';

// Writes what is generated of docs/; tests fail where it is not fresh. The typings must have been built.
const docs = new URL('../../docs/', import.meta.url);
mkdirSync(new URL('api/', docs), { recursive: true });
const write = async (name: string, page: string) => writeFileSync(new URL(name, docs), await formatted(page));

await write('operations.md', operationsPage(testsCalled()));
await write('cli.md', cliPage());
await write('driver.md', driverPage(readFileSync(new URL('driver.md', docs), 'utf8')));
await write('mqtt.md', mqttPage(readFileSync(new URL('mqtt.md', docs), 'utf8')));
writeFileSync(new URL('mqtt.schema.json', docs), await formatted(JSON.stringify(bridgeSchema()), 'json'));
await write('api/driver.api.md', apiReport(fileURLToPath(new URL('..', docs))).text);

const root = new URL('../../', import.meta.url);
const readme = new URL('README.md', root);
writeFileSync(new URL('config.schema.json', root), await formatted(JSON.stringify(settingsForm()), 'json'));
writeFileSync(readme, await formatted(withSettings(readFileSync(readme, 'utf8'))));
