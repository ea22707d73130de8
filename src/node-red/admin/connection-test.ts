import type { RequestHandler } from 'express';
import type { NodeAPI } from 'node-red';
import { type DeviceStore, Nvr, operations } from '../../shared/index.js';
import { cleanText, limits, ReadOnlyStore } from '../../shared/internal.js';
import { optionsOf } from '../nodes/nvr/options.js';
import { answer, userOf } from './answer.js';
import { readTyped } from './read-typed.js';
import { settleTest } from './settle-test.js';
import { Turns } from './turns.js';
import { deployedNvr } from './typed-nvrs.js';

/** What answered. */
export interface TestResult {
  readonly model: string;
  readonly software: string;
  readonly cameras: number;
}

/** Serves the test button: logs in with what is typed and says what answered. Nothing that it learns is kept. */
export function serveConnectionTest(RED: NodeAPI, store: DeviceStore, allowed: RequestHandler): void {
  const turns = new Turns({ ofUser: limits.editor.testsOfUser, all: limits.editor.tests });
  const test = answer(async (request) => {
    return turns.take(userOf(request), () => testConnection(RED, store, request.body));
  });
  RED.httpAdmin.post('/everfocus-nvr/test', allowed, test);
}

async function testConnection(RED: NodeAPI, store: DeviceStore, body: unknown): Promise<TestResult> {
  const typed = readTyped(body);
  const { config, credentials } = settleTest(typed, deployedNvr(RED, typed.id));
  await using client = new Nvr({ ...optionsOf(config, credentials), store: new ReadOnlyStore(store) });
  const [info, cameras] = await Promise.all([
    client.call(operations.getSystemInfo),
    client.call(operations.cameraList),
  ]);
  return {
    model: cleanText(info.model ?? '', limits.text.name),
    software: cleanText(info.software_version ?? '', limits.text.name),
    cameras: cameras.length,
  };
}
