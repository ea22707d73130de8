import { InvalidParameterError, readSettings, settingsPairs } from '../../shared/index.js';
import { limits, withoutPasswords } from '../../shared/internal.js';
import { readText } from '../../shared/values/index.js';
import { fieldsOf, valuesOf } from '../actions/settings-fields.js';
import { withChannels } from '../camera-names.js';
import type { Reading } from './reading.js';

/** What the NVR holds now, without passwords. */
export interface LoadedSettings {
  /** By the row that changes it. */
  readonly values: Readonly<Record<string, unknown>>;
  /** All that was read. */
  readonly settings: unknown;
}

/** Serves what *Load from NVR* shows: settings by their name, of the camera or pin that the query names. */
export function serveSettings(reading: Reading): void {
  reading.serve('settings/:name', async (nvr, { params, query }, signal): Promise<LoadedSettings> => {
    const pair = settingsPairs.find(({ name }) => name === params['name']);
    if (!pair) throw new InvalidParameterError('name', 'there are no such settings');
    const rows = fieldsOf(pair);
    const given: Record<string, unknown> = {};
    for (const { name, schema } of [...pair.parameters, ...rows.keys]) {
      const text = query[name];
      if (typeof text !== 'string') continue;
      if (text.length > limits.editor.field) throw new InvalidParameterError(name, 'is too long');
      given[name] = readText(schema, text);
    }
    const client = nvr.client();
    const named = await withChannels([...pair.parameters, ...rows.keys], given, client, signal);
    const asked = Object.fromEntries(pair.parameters.map(({ name }) => [name, named[name]]));
    const settings = withoutPasswords(await readSettings(client, pair, asked, { signal }));
    return { values: valuesOf(rows, named, settings), settings };
  });
}
