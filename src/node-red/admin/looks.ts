import type { RequestHandler } from 'express';
import type { NodeAPI } from 'node-red';
import { type Captured, captureApart } from '../../doctor/capture-apart.js';
import { examine, usual } from '../../doctor/examine.js';
import { type Finding, plainFinding } from '../../doctor/finding.js';
import { type DeviceStore, type NvrClientOptions, systemClock } from '../../shared/index.js';
import { completeOptions, limits, ReadOnlyStore } from '../../shared/internal.js';
import { machine } from '../machine.js';
import { optionsOf } from '../nodes/nvr/options.js';
import { answer, userOf } from './answer.js';
import { readTyped } from './read-typed.js';
import { settleTest } from './settle-test.js';
import { Turns } from './turns.js';
import { deployedNvr } from './typed-nvrs.js';

export type { Captured, Finding };

/**
 * Serves *Examine* and *Capture* of the NVR's form. Both use what is typed, as the connection test does, change nothing at
 * the NVR, keep nothing of what they learn, and end as soon as the browser has left.
 */
export function serveLooks(RED: NodeAPI, store: DeviceStore, allowed: RequestHandler): void {
  const turns = new Turns({ ofUser: limits.editor.testsOfUser, all: limits.editor.tests }, 'look at an NVR');
  const serve = (path: string, look: (account: NvrClientOptions, left: AbortSignal) => Promise<unknown>) => {
    const reply = answer((request, left) => {
      const typed = readTyped(request.body);
      const { config, credentials } = settleTest(typed, deployedNvr(RED, typed.id));
      const account = { ...optionsOf(config, credentials), store: new ReadOnlyStore(store) };
      // What the driver refuses is no finding.
      completeOptions(account);
      return turns.take(userOf(request), () => look(account, left));
    });
    RED.httpAdmin.post(`/everfocus-nvr/${path}`, allowed, reply);
  };
  serve('examine', findingsOf);
  serve('capture', (account, signal): Promise<Captured> => captureApart({ account, signal }));
}

async function findingsOf(account: NvrClientOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  await examine({
    ...{ ...usual, account, signal, clock: systemClock },
    ffmpeg: async () => (await machine()).ffmpeg,
    report: (finding) => findings.push(plainFinding(finding)),
  });
  return findings;
}
