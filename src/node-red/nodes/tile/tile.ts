import type { Response } from 'express';
import type { Node } from 'node-red';
import {
  abortable,
  BusyError,
  type Clock,
  ClosedError,
  InvalidParameterError,
  type Nvr,
  operations,
  sleep,
  type StreamName,
} from '../../../shared/index.js';
import { cleanText, type LimitCounters, limits, livePicture } from '../../../shared/internal.js';
import { cameraOf } from '../../camera-names.js';
import { channelNamed, listedCameras } from '../../camera-names.js';
import { asError, codeOf } from '../../errors.js';
import type { NvrNode } from '../../find-nvr.js';
import { machine } from '../../machine.js';
import { type Guest, LiveSite } from '../live/address.js';
import { topicOf } from '../../message-names.js';
import { hours } from './hours.js';
import { CameraNow } from './now.js';
import { sendPlayback } from './playback.js';
import type { PtzRequest, TileHours, TilePreset } from './pieces.js';
import { PtzPresses } from './ptz-presses.js';
import { begin, type Lane } from './sending.js';

/** ms until a camera that could not be shown is tried again. */
const PAUSE = 5000;
/** Recordings that pages may play at a time at one tile. */
const PLAYBACKS = 4;
/** Questions to the recorder that pages may have under way at one tile. */
const QUESTIONS = 4;

export interface TileOptions {
  readonly node: Node;
  readonly nvr: NvrNode;
  /** Number or name. */
  readonly camera: string;
  readonly stream: StreamName;
  readonly clock: Clock;
  /** How many look at it, whenever that changes. */
  readonly watched: (viewers: number) => void;
  readonly failed: (error: unknown) => void;
}

/** What one tile can do for the pages that show it. Everything ends with it. */
export class Tile {
  readonly #options: TileOptions;
  readonly #client: Nvr;
  readonly #site: LiveSite;
  readonly #presses: PtzPresses;
  readonly #closing = new AbortController();
  #now: CameraNow | undefined;
  #questions = 0;
  #playbacks = 0;

  /** @throws FlowError, InvalidParameterError where the NVR's configuration is no use */
  constructor(options: TileOptions) {
    const { nvr, stream, clock, watched, failed } = options;
    this.#options = options;
    this.#client = nvr.client();
    this.#site = new LiveSite({
      ...{ stream, clock, watched, viewers: limits.viewer.most, client: () => this.#client, dropped: () => undefined },
      channelOf: () => this.#channel(),
    });
    this.#presses = new PtzPresses({ client: this.#client, clock, failed });
  }

  get limits(): LimitCounters {
    return this.#client.limits;
  }

  /** Aborted when it is deployed anew, or taken away. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Shows what the camera shows, and tells what it does, until the page leaves. */
  async live(lane: Lane, takesHevc: boolean, left: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([left, this.closing]);
    const fail = (error: unknown) => {
      if (!signal.aborted) lane.tell({ problem: { code: codeOf(error), message: asError(error).message } });
    };
    void this.#tellNow(lane, signal).catch(fail);
    while (!signal.aborted) {
      const ended = new AbortController();
      const guest: Guest = {
        signal: AbortSignal.any([signal, ended.signal]),
        get hasEnded() {
          return this.signal.aborted;
        },
        finish: () => ended.abort(),
        destroy: () => ended.abort(),
      };
      try {
        await this.#site.watch(guest, this.#options.camera, lane, takesHevc);
        await abortable(new Promise(() => undefined), guest.signal).catch(() => undefined);
      } catch (error) {
        fail(error);
      }
      // A camera that is away, or one viewer too many: that passes.
      await sleep(this.#options.clock, PAUSE, signal).catch(() => undefined);
    }
  }

  /** Plays what was recorded. @throws BusyError, NvrError */
  async play(response: Response, lane: Lane, from: number, takesHevc: boolean): Promise<void> {
    if (this.#playbacks >= PLAYBACKS) throw new BusyError('too many play recordings already');
    this.#playbacks += 1;
    try {
      const channel = await this.#channel();
      begin(response);
      await sendPlayback(response, lane, this.#client, { channel, from, takesHevc, closing: this.closing });
    } finally {
      this.#playbacks -= 1;
    }
  }

  /** MJPEG, and single pictures, for browsers that play no MP4. @throws NvrError, FlowError */
  answer(...[request, file, response]: Parameters<LiveSite['answer']>): Promise<void> {
    return this.#site.answer(request, file, response);
  }

  /** @throws BusyError, NvrError */
  async hours(range: { readonly from: number; readonly to: number }): Promise<TileHours> {
    return this.#asked(async (channel) => hours(this.#client, channel, range, this.#options.clock, this.closing));
  }

  /** @throws BusyError; NvrError also where the camera cannot be turned */
  async presets(): Promise<readonly TilePreset[]> {
    const presets = await this.#presets();
    return presets.map(({ name = '', preset_token: token }) => ({
      ...{ token, name: cleanText(name, limits.text.name) || token },
    }));
  }

  /** Resolves when the NVR was told; a button that is held is another matter. @throws BusyError, NvrError */
  async turn(asked: PtzRequest): Promise<void> {
    switch (asked.do) {
      case 'move':
        return this.#presses.move(asked.press, await this.#channel(), asked.direction);
      case 'hold':
        return this.#presses.hold(asked.press);
      case 'stop':
        return this.#presses.release(asked.press);
      case 'preset': {
        const found = (await this.#presets()).find(({ preset_token }) => preset_token === asked.preset);
        if (!found) throw new InvalidParameterError('preset', 'there is none of that token');
        const { preset_token } = found;
        await this.#asked((ChannelID) =>
          this.#client.call(operations.gotoPreset, { ChannelID, preset_token }, { signal: this.closing }),
        );
      }
    }
  }

  /** A picture, which the node sends as well where it is to. @throws BusyError, NvrError */
  async snapshot(sends: boolean): Promise<Buffer> {
    const { node, nvr, stream, clock } = this.#options;
    return this.#asked(async (channel) => {
      const { pictures } = await machine();
      const { jpeg, ...about } = await livePicture(this.#client, channel, { stream, pictures, signal: this.closing });
      const place = cameraOf(this.#client, channel);
      if (sends) {
        node.send({
          topic: topicOf(nvr.label, place.camera ?? String(channel), 'picture'),
          payload: jpeg,
          everfocus: {
            ...{ operation: 'snapshot', nvr: nvr.label, channel, ...place, time: new Date(clock.wall()) },
            picture: about,
          },
        });
      }
      return jpeg;
    });
  }

  /** Resolves when nothing is open any more, and the camera stands still. */
  async close(): Promise<void> {
    this.#closing.abort(new ClosedError('the flow is being deployed'));
    await Promise.all([this.#site.close(), this.#presses.close()]);
  }

  async #tellNow(lane: Lane, signal: AbortSignal): Promise<void> {
    const channel = await this.#channel();
    if (signal.aborted) return;
    this.#now ??= new CameraNow(this.#client, channel);
    const subscription = this.#now.watch((now) => lane.tell({ now }));
    signal.addEventListener('abort', () => subscription.close(), { once: true });
  }

  async #presets() {
    return this.#asked(
      async (ChannelID) =>
        (await this.#client.call(operations.getPresets, { ChannelID }, { signal: this.closing })).presets,
    );
  }

  /** So many at a time: whoever may see the page can ask without end. @throws BusyError */
  async #asked<T>(ask: (channel: number) => Promise<T>): Promise<T> {
    if (this.#questions >= QUESTIONS) throw new BusyError('the NVR is being asked already');
    this.#questions += 1;
    try {
      return await ask(await this.#channel());
    } finally {
      this.#questions -= 1;
    }
  }

  /** @throws InvalidParameterError where the NVR has no such camera; NvrError where it does not tell */
  async #channel(): Promise<number> {
    const { camera } = this.#options;
    const cameras = await listedCameras(this.#client, this.closing);
    const number = /^\d+$/.test(camera) ? Number(camera) : channelNamed(cameras, camera, 'camera');
    if (cameras.some(({ channel }) => channel === number)) return number;
    throw new InvalidParameterError('camera', `the NVR has no camera ${number}`);
  }
}
