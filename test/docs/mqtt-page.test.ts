import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from '@jest/globals';
import { formatted } from '../../scripts/docs/formatted.js';
import { bridgeSchema, mqttPage } from '../../scripts/docs/mqtt-page.js';

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('docs/mqtt.md', () => {
  it('lists the settings as they are (npm run docs)', async () => {
    expect(await formatted(mqttPage(read('mqtt.md')))).toBe(read('mqtt.md'));
  });

  it('comes with the schema of the file as it is, which takes the example and finds a slip', async () => {
    const schema = read('mqtt.schema.json');
    expect(await formatted(JSON.stringify(bridgeSchema()), 'json')).toBe(schema);
    const example = JSON.parse(/```json\n(\{[^]*?\n\})\n```/.exec(read('mqtt.md'))?.[1] ?? '');
    const validate = new Ajv({ strict: false }).compile(JSON.parse(schema));
    expect(validate(example)).toBe(true);
    expect(validate({ ...example, brokers: {} })).toBe(false);
    expect(validate({ ...example, nvrs: [{ host: '192.168.1.20' }] })).toBe(false);
  });
});
