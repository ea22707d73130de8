import type { Request, RequestHandler, Response } from 'express';
import type { NodeAPI } from 'node-red';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { BusyError, ClosedError, InvalidParameterError } from '../../../shared/index.js';
import { limits } from '../../../shared/internal.js';
import { privately, refuse, refuseFor } from '../live/address.js';
import { finish } from '../live/viewers.js';
import { hoursOf, timeOf } from './hours.js';
import { ptzWords } from './pieces.js';
import { begin, Lane } from './sending.js';
import type { Tile } from './tile.js';

/** Tiles of one page. */
const MANY = limits.viewer.most;
/** Bytes of what a page sends. */
const LONGEST_BODY = 1024;

const press = Type.String({ pattern: '^[A-Za-z0-9-]{1,40}$' });
const ptzRequest = Type.Union([
  Type.Object({ do: Type.Literal('move'), press, direction: Type.Enum([...ptzWords]) }),
  Type.Object({ do: Type.Enum(['hold', 'stop']), press }),
  Type.Object({ do: Type.Literal('preset'), preset: Type.String({ minLength: 1, maxLength: 64 }) }),
]);

/** A tile that is deployed, and what its node is set to. */
export interface ServedTile {
  readonly tile: Tile;
  /** Whether its pages may turn the camera. */
  readonly turns: boolean;
  /** Whether the node sends snapshots. */
  readonly sends: boolean;
}

/** By the ids of their nodes. */
export const tiles = new Map<string, ServedTile>();

type Answer = (tile: ServedTile, request: Request, response: Response) => Promise<unknown>;

/**
 * Serves what the pages of tiles ask for, below Node-RED's own HTTP root: behind its own authentication (`httpNodeAuth`,
 * `httpNodeMiddleware`), and behind that of the dashboard (`dashboard.middleware`), which shows the pages. Called once.
 */
export function serveTiles(RED: NodeAPI): void {
  const { httpNodeMiddleware, dashboard, ui } = RED.settings as unknown as Readonly<Record<string, unknown>>;
  const ofPages = ((dashboard ?? ui ?? {}) as { readonly middleware?: unknown }).middleware;
  const guards = [httpNodeMiddleware, ofPages]
    .flat()
    .filter((guard): guard is RequestHandler => typeof guard === 'function');
  const answering = (work: (request: Request, response: Response) => Promise<unknown>): RequestHandler[] => [
    ...guards,
    (request, response) => {
      // Who left while the middleware thought about it is never seen to leave again.
      if (response.destroyed) return;
      response.set(privately);
      work(request, response).catch((error: unknown) => refuseFor(error, response));
    },
  ];
  const of = (answer: Answer) =>
    answering(async (request, response) => {
      const tile = tiles.get(String(request.params['tile']));
      if (!tile) return refuse(response, 404, 'NOT_FOUND', 'there is no such tile');
      // Nobody watches a question.
      if (request.method === 'HEAD') return response.end();
      await answer(tile, request, response);
    });
  const root = '/everfocus-tile';
  RED.httpNode.get(`${root}/live`, ...answering(live));
  RED.httpNode.get(
    `${root}/:tile/hours`,
    ...of(async ({ tile }, { query }, response) => {
      response.json(await tile.hours(hoursOf(query)));
    }),
  );
  RED.httpNode.get(`${root}/:tile/play`, ...of(play));
  RED.httpNode.get(
    `${root}/:tile/presets`,
    ...of(async ({ tile, turns }, _, response) => {
      response.json(turns ? await tile.presets() : []);
    }),
  );
  for (const file of ['live.mjpeg', 'picture.jpg'] as const) {
    RED.httpNode.get(
      `${root}/:tile/${file}`,
      ...of(({ tile }, request, response) => tile.answer(request, file, response)),
    );
  }
  RED.httpNode.post(`${root}/:tile/ptz`, ...of(turn));
  RED.httpNode.post(
    `${root}/:tile/snapshot`,
    ...of(async ({ tile, sends }, request, response) => {
      if (!isOwnPage(request, response)) return;
      finish(response.type('image/jpeg'), await tile.snapshot(sends));
    }),
  );
}

/** Answers to pages that are open. */
let pages = 0;

/** The tiles of a page, all in one answer. */
async function live({ method, url, query }: Request, response: Response): Promise<void> {
  // Some versions of Express make an object of a name that comes more than 20 times.
  const asked = new URLSearchParams(url.slice(url.indexOf('?') + 1)).getAll('tile');
  if (asked.length === 0 || asked.length > MANY) throw new InvalidParameterError('tile', `must be up to ${MANY} tiles`);
  const found = asked.map((id) => tiles.get(id));
  if (found.every((tile) => tile === undefined)) return refuse(response, 404, 'NOT_FOUND', 'there is no such tile');
  if (method === 'HEAD') return void response.end();
  if (pages >= limits.viewer.pages) {
    const [served] = found.filter((tile) => tile !== undefined);
    served?.tile.limits.hit('viewer.pages', 'tiles', 'another page is refused');
    throw new BusyError('too many pages show tiles already');
  }
  pages += 1;
  const left = new AbortController();
  response.once('close', () => {
    pages -= 1;
    left.abort(new ClosedError('the page has left'));
  });
  begin(response);
  found.forEach((served, number) => {
    const lane = new Lane(response, number, served?.tile.limits);
    if (!served) return lane.tell({ problem: { code: 'NOT_FOUND', message: 'there is no such tile' } });
    // Then the page asks anew, for what is there then.
    served.tile.closing.addEventListener('abort', () => response.end(), { signal: left.signal });
    void served.tile.live(lane, query['codec'] === 'hevc', left.signal);
  });
}

async function play({ tile }: ServedTile, { query }: Request, response: Response): Promise<void> {
  const from = timeOf('from', query['from']);
  await tile.play(response, new Lane(response, 0), from, query['codec'] === 'hevc');
  response.end();
}

async function turn({ tile, turns }: ServedTile, request: Request, response: Response): Promise<void> {
  if (!isOwnPage(request, response)) return;
  const asked = await bodyOf(request);
  if (!Value.Check(ptzRequest, asked)) throw new InvalidParameterError('body', 'is no command for a camera');
  if (!turns) throw new InvalidParameterError('tile', 'does not turn its camera');
  await tile.turn(asked);
  response.status(204).end();
}

/** Pages of others must not turn the cameras of whoever looks at them: what a form can send is refused. */
function isOwnPage(request: Request, response: Response): boolean {
  const from = request.get('sec-fetch-site');
  if (request.is('application/json') && (from === undefined || from === 'same-origin')) return true;
  refuse(response, 403, 'FORBIDDEN', 'only a page of this server may do that');
  return false;
}

/** @throws InvalidParameterError */
async function bodyOf(request: Request): Promise<unknown> {
  // A middleware may have read it.
  const read = request.body as unknown;
  if (typeof read === 'object' && read !== null) return read;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LONGEST_BODY) throw new InvalidParameterError('body', `must be at most ${LONGEST_BODY} bytes`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new InvalidParameterError('body', 'is no JSON');
  }
}
