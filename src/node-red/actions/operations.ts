import { Readable } from 'node:stream';
import { type Domain, operations } from '../../shared/index.js';
import type { Operation } from '../../shared/sdk/index.js';
import { parametersOf } from '../../shared/sdk/index.js';
import { readDownload } from '../download.js';
import type { Action } from './action.js';

/** What people call things that the document calls otherwise. */
const words: Readonly<Record<Domain, string>> = {
  account: 'user password permission right login',
  alarm: 'motion detection event sensor notification',
  camera: 'channel ip camera online status firmware',
  encoder: 'stream resolution bitrate codec fps quality video live',
  fleet: 'nvr other recorder',
  imaging: 'picture brightness contrast color osd motion',
  io: 'alarm relay gpio di do output input pin gate door siren light switch',
  log: 'event history journal',
  network: 'ip address port dns mail smtp ftp https certificate rtsp live',
  ptz: 'move pan tilt zoom preset position tour patrol',
  recording: 'record video clip playback history export download event motion',
  schedule: 'record recording time week night motion',
  snapshot: 'picture photo image jpeg still',
  storage: 'disk hdd drive space',
  system: 'reboot restart info firmware backup configuration',
  time: 'clock date ntp zone',
};

/** Every operation of the SDK document as an action. */
export const operationActions: readonly Action[] = Object.values(operations).map((operation) =>
  fromOperation(operation),
);

function fromOperation(operation: Operation): Action {
  const { id, section, title, description, domain, effect, reply } = operation;
  return {
    ...{ id, section, title, description, domain, effect, reply, words: words[domain] },
    needsConfirmation: effect === 'destructive' || operation.guarded === true,
    parameters: parametersOf(operation).map(({ name, schema, required }) => ({ name, schema, required })),
    run: async (client, params, signal) => {
      const reply = await client.callByName(id, params, { signal });
      return reply instanceof Readable ? readDownload(reply, id, signal, client.limits) : reply;
    },
  };
}
