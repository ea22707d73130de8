import type { RequestHandler } from 'express';
import type { NodeAPI } from 'node-red';
import { cleanText, limits, type Nvr, operations } from '../../shared/index.js';
import { findNvr } from '../find-nvr.js';
import { answer } from './answer.js';

/** One suggestion of a picker; free text stays possible. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Lists by what a parameter's schema `picks`, read from the NVR. */
const lists: Readonly<Record<string, (client: Nvr) => Promise<Choice[]>>> = {
  channel: async (client) =>
    (await client.call(operations.cameraList)).map(({ ChannelID, DeviceName }) => {
      const name = cleanText(DeviceName ?? '', limits.text.name);
      return { value: String(ChannelID), label: name === '' ? String(ChannelID) : `${ChannelID}: ${name}` };
    }),
  'alarm-out': async (client) =>
    (await client.call(operations.getGPIOInfo))
      .filter(({ ch }) => ch === 0)
      .flatMap(({ alarmOut }) => alarmOut.map((pin) => ({ value: String(pin), label: `DO ${pin}` }))),
};

/** Serves the channels and pins of a deployed NVR. */
export function serveLists(RED: NodeAPI, allowed: RequestHandler): void {
  for (const [name, list] of Object.entries(lists)) {
    RED.httpAdmin.get(
      `/everfocus-nvr/:id/${name}`,
      allowed,
      answer(async ({ params }) => {
        const choices = await list(findNvr(RED, String(params['id'])).client());
        return choices.slice(0, limits.editor.choices);
      }),
    );
  }
}
