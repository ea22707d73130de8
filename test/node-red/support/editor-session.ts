import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Simulator, type SimulatorOptions } from '../../../packages/simulator/src/index.js';
import { launchChromium } from '../../support/chromium.js';
import { EditorPage } from './editor-page.js';
import { NodeRedProcess, type releases } from './node-red-process.js';
import { credentials, type Flow, nvrNode } from './palette.js';

/** What the tests of one file share. */
export interface EditorSession {
  readonly simulator: Simulator;
  readonly nodeRed: NodeRedProcess;
  readonly browser: Browser;
  readonly editor: EditorPage;
  /** What the page wrote to the console as errors. */
  readonly problems: string[];
}

/** What a session begins with. */
export interface Begin {
  /** There is no NVR in the flow; the search for NVRs finds the simulator. */
  readonly empty?: boolean;
  /** What the browser tells that its user reads. */
  readonly locale?: string;
  /** Packages that are installed as well. */
  readonly beside?: readonly string[];
  /** Several videos are to play at once. */
  readonly videos?: boolean;
  /** Default: the newest. */
  readonly release?: (typeof releases)[number];
}

/**
 * A simulator, a Node-RED and its editor in Chromium.
 *
 * @param nodes what is on the tab `flow` to begin with, beside one NVR (`nvr`)
 */
export function withEditor(
  nodes: Flow,
  options: SimulatorOptions = {},
  { empty = false, locale = 'en-US', beside = [], release = 'node-red', videos }: Begin = {},
): () => EditorSession {
  let session: EditorSession | undefined;
  /** Also where it has not come to a session. */
  const opened = new AsyncDisposableStack();
  beforeAll(async () => {
    const simulator = opened.adopt(await Simulator.start({ discoveryPort: 0, ...options }), (it) => it.stop());
    const everfocusDiscovery = { address: '127.0.0.1', port: simulator.discoveryPort };
    const nodeRed = opened.use(await NodeRedProcess.start(empty ? { everfocusDiscovery } : {}, release, beside));
    const nvrs = empty ? [] : [nvrNode(simulator)];
    await nodeRed.deploy([{ id: 'flow', type: 'tab', label: 'Flow' }, ...nvrs, ...nodes], credentials());
    const browser = opened.adopt(await launchChromium(videos), (it) => it.close());
    const editor = await EditorPage.start(browser, nodeRed.url, locale);
    session = { simulator, nodeRed, browser, editor, problems: editor.complaints };
  }, 180_000);
  afterAll(async () => {
    await opened.disposeAsync();
    // As the last of all tests: nothing that was done may have had the editor complain.
    expect(session?.problems ?? []).toEqual([]);
  });
  return () => {
    if (!session) throw new Error('the editor has not been opened');
    return session;
  };
}
