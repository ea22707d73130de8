import type { NodeAPI } from 'node-red';
import type { RequestHandler } from 'express';
import { livePicture, limits } from '../../shared/internal.js';
import { ChannelID } from '../../shared/sdk/index.js';
import { readText } from '../../shared/values/index.js';
import { withChannels } from '../camera-names.js';
import { findNvr } from '../find-nvr.js';
import { machine } from '../machine.js';
import { problemOf, userOf } from './answer.js';
import { Turns } from './turns.js';

/** Pixels: a dialog is no wider. */
const WIDTH = 640;

/** Serves what a camera of a deployed NVR shows now, as JPEG: one at a time for each user, and few in all. */
export function servePicture(RED: NodeAPI, allowed: RequestHandler): void {
  const turns = new Turns({ ofUser: limits.editor.picturesOfUser, all: limits.editor.pictures }, 'picture');
  RED.httpAdmin.get('/everfocus-nvr/:id/picture/:channel', allowed, (request, response) => {
    const leaving = new AbortController();
    response.on('close', () => leaving.abort(new Error('the browser has left')));
    const take = async () => {
      const client = findNvr(RED, String(request.params['id'])).client();
      const { pictures } = await machine();
      const [camera] = Object.values(
        await withChannels(
          [{ name: 'channel', schema: ChannelID, required: true }],
          { channel: readText(ChannelID, String(request.params['channel']).slice(0, limits.editor.field)) },
          client,
          leaving.signal,
        ),
      );
      const options = { stream: 'sub', width: WIDTH, pictures, signal: leaving.signal } as const;
      return livePicture(client, camera as number, options);
    };
    turns.take(userOf(request), take).then(
      ({ jpeg }) => void response.set({ 'content-type': 'image/jpeg', 'cache-control': 'no-store' }).send(jpeg),
      (error: unknown) => void (response.headersSent || response.status(422).json(problemOf(error))),
    );
  });
}
