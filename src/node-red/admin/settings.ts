import type { RequestHandler } from 'express';
import type { NodeAPI } from 'node-red';
import { InvalidParameterError, readSettings, settingsPairs } from '../../shared/index.js';
import { limits, withoutPasswords } from '../../shared/internal.js';
import { readText } from '../../shared/values/index.js';
import { fieldsOf, valuesOf } from '../actions/settings-fields.js';
import { withChannels } from '../camera-names.js';
import { findNvr } from '../find-nvr.js';
import { answer } from './answer.js';

/** What the NVR holds now, without passwords. */
export interface LoadedSettings {
  /** By the row that changes it. */
  readonly values: Readonly<Record<string, unknown>>;
  /** All that was read. */
  readonly settings: unknown;
}

/** Serves what *Load from NVR* shows: settings by their name, of the camera or pin that the query names. */
export function serveSettings(RED: NodeAPI, allowed: RequestHandler): void {
  const load = answer(async ({ params, query }): Promise<LoadedSettings> => {
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
    const client = findNvr(RED, String(params['id'])).client();
    const { signal } = new AbortController();
    const named = await withChannels([...pair.parameters, ...rows.keys], given, client, signal);
    const asked = Object.fromEntries(pair.parameters.map(({ name }) => [name, named[name]]));
    const settings = withoutPasswords(await readSettings(client, pair, asked));
    return { values: valuesOf(rows, named, settings), settings };
  });
  RED.httpAdmin.get('/everfocus-nvr/:id/settings/:name', allowed, load);
}
