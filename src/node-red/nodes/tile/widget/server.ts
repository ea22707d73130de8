import type { PtzRequest, TileHours, TilePreset } from '../pieces.js';
import { takesHevc } from './codec.js';
import { type Piece, PieceReader } from './piece-reader.js';

/** Why something could not be had. */
export class ServerError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What a page asks Node-RED for about one tile. */
export class TileServer {
  readonly #root: string;

  /** @param root path of Node-RED's HTTP nodes, with a slash at its end */
  constructor(root: string, id: string) {
    this.#root = `${root}everfocus-tile/${encodeURIComponent(id)}/`;
  }

  hours(from: number, to: number): Promise<TileHours> {
    return this.#json(`hours?from=${from}&to=${to}`);
  }

  presets(): Promise<readonly TilePreset[]> {
    return this.#json('presets');
  }

  async turn(request: PtzRequest): Promise<void> {
    // What is on its way when the page is left still arrives.
    await this.#post('ptz', JSON.stringify(request), request.do === 'stop');
  }

  async snapshot(): Promise<Blob> {
    return (await this.#post('snapshot', '{}')).blob();
  }

  picture(file: 'live.mjpeg' | 'picture.jpg'): string {
    return `${this.#root}${file}`;
  }

  play(from: number, signal: AbortSignal): AsyncIterable<Piece> {
    const hevc = takesHevc() ? '&codec=hevc' : '';
    return pieces(`${this.#root}play?from=${Math.round(from)}${hevc}`, signal, ({ piece }) => piece);
  }

  async #json<T>(path: string): Promise<T> {
    return (await answered(fetch(this.#root + path))).json() as Promise<T>;
  }

  async #post(path: string, body: string, keepalive = false): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    return answered(fetch(this.#root + path, { method: 'POST', headers, body, keepalive }));
  }
}

/** The live pieces of tiles. `lane`: place of the tile in the list. */
export function livePieces(
  root: string,
  ids: readonly string[],
  signal: AbortSignal,
): AsyncIterable<{ readonly lane: number; readonly piece: Piece }> {
  const query = new URLSearchParams([...ids.map((id) => ['tile', id]), ...(takesHevc() ? [['codec', 'hevc']] : [])] as [
    string,
    string,
  ][]);
  return pieces(`${root}everfocus-tile/live?${query.toString()}`, signal, (item) => item);
}

async function* pieces<T>(
  url: string,
  signal: AbortSignal,
  as: (item: { readonly lane: number; readonly piece: Piece }) => T,
): AsyncGenerator<T> {
  const { body } = await answered(fetch(url, { signal, cache: 'no-store' }));
  if (!body) return;
  const reader = new PieceReader();
  const bytes = body.getReader();
  try {
    for (;;) {
      const { value, done } = await bytes.read();
      if (done) return;
      for (const item of reader.push(value)) yield as(item);
    }
  } finally {
    await bytes.cancel().catch(() => undefined);
  }
}

/** @throws ServerError */
async function answered(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  if (response.ok) return response;
  const { code, message } = (await response.json().catch(() => ({}))) as { code?: string; message?: string };
  throw new ServerError(code ?? String(response.status), message ?? response.statusText);
}
