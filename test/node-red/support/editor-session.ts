import { afterAll, beforeAll } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Simulator, type SimulatorOptions } from '../../../packages/simulator/src/index.js';
import { launchChromium } from '../../support/chromium.js';
import { EditorPage } from './editor-page.js';
import { NodeRedProcess } from './node-red-process.js';
import { credentials, type Flow, nvrNode } from './palette.js';

/** What the tests of one file share. */
export interface EditorSession {
  readonly simulator: Simulator;
  readonly nodeRed: NodeRedProcess;
  readonly browser: Browser;
  readonly editor: EditorPage;
  /** What a person did, one by one: a click, a choice, a typed field, a wire. */
  readonly actions: string[];
  /** Does one of those and counts it. */
  readonly act: <T>(what: string, does: () => Promise<T>) => Promise<T>;
}

/** A simulator, a Node-RED with one NVR (`nvr`) and some nodes on the tab `flow`, and its editor in Chromium. @param beside packages that are installed as well */
export function withEditor(
  nodes: Flow,
  options: SimulatorOptions = {},
  beside: readonly string[] = [],
): () => EditorSession {
  let session: EditorSession;
  let browser: Browser;
  beforeAll(async () => {
    const simulator = await Simulator.start(options);
    const nodeRed = await NodeRedProcess.start({}, 'node-red', beside);
    await nodeRed.deploy([{ id: 'flow', type: 'tab', label: 'Flow' }, nvrNode(simulator), ...nodes], credentials());
    browser = await launchChromium();
    const actions: string[] = [];
    const act = <T>(what: string, does: () => Promise<T>) => {
      actions.push(what);
      return does();
    };
    session = { simulator, nodeRed, browser, editor: await EditorPage.open(browser, nodeRed.url), actions, act };
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await session.nodeRed[Symbol.asyncDispose]();
    await session.simulator.stop();
  });
  return () => session;
}
