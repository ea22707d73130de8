import type { Request } from 'express';
import type { NodeAPI } from 'node-red';
import type { DeviceStore, Nvr } from '../../shared/index.js';
import { limits } from '../../shared/internal.js';
import { findNvr, type NvrNode } from '../find-nvr.js';
import { answer, permission, userOf } from './answer.js';
import { readTyped } from './read-typed.js';
import { Turns } from './turns.js';
import { TypedNvrs } from './typed-nvrs.js';

/** The NVR that something is read of. */
export type NvrAsked = Pick<NvrNode, 'client' | 'label'>;

/** Answers a question. @param left says that nobody waits for the answer any more */
type Read = (nvr: NvrAsked, request: Request, left: AbortSignal) => Promise<unknown>;

/** Serves what the editor reads of NVRs. */
export interface Reading {
  /**
   * Serves one thing. Below the id of an NVR it is read of that which is deployed; below `typed`, by POST, of one as its
   * form has it: that is for whoever may use the connection test.
   *
   * @param method `post` where a deployed one is asked with a body, too
   */
  serve(path: string, read: Read, method?: 'get' | 'post'): void;
}

export function openReading(RED: NodeAPI, store: DeviceStore): Reading {
  const nvrs = new TypedNvrs(RED, store);
  const turns = new Turns({ ofUser: limits.editor.readsOfUser, all: limits.editor.reads }, 'reading');
  return {
    serve(path, read, method = 'get') {
      const ofTyped = answer((request, left) => {
        const { nvr } = (request.body ?? {}) as { readonly nvr?: unknown };
        const ask = (client: Nvr) => read({ client: () => client, label: client.address }, request, left);
        return turns.take(userOf(request), () => nvrs.use(readTyped(nvr), ask));
      });
      const ofDeployed = answer((request, left) => read(findNvr(RED, String(request.params['id'])), request, left));
      RED.httpAdmin.post(`/everfocus-nvr/typed/${path}`, RED.auth.needsPermission(permission.write), ofTyped);
      RED.httpAdmin[method](`/everfocus-nvr/:id/${path}`, RED.auth.needsPermission(permission.read), ofDeployed);
    },
  };
}
