import type { ListedCamera, NvrDevice } from '../../shared/index.js';
import type { Outbox } from '../broker/outbox.js';
import type { SiteTopics } from '../topics.js';
import type { AnnouncedStates } from './announced-states.js';
import { cameraDevice, discoveryTopic, nvrDevice } from './home-assistant.js';
import type { Identity } from './identity.js';

/** What there is to be described. */
export interface Described {
  readonly identity: Identity;
  readonly device: NvrDevice | undefined;
  readonly cameras: readonly ListedCamera[];
  /** Alarm outputs may be switched from the broker. */
  readonly maySwitch: boolean;
  readonly pictures: boolean;
}

/** Names and models of an NVR and its cameras: as `info`, and for Home Assistant. */
export class Descriptions {
  readonly #outbox: Outbox;
  readonly #site: SiteTopics;
  /** Prefix of discovery. */
  readonly #prefix: string | undefined;

  constructor(outbox: Outbox, site: SiteTopics, prefix: string | undefined) {
    this.#outbox = outbox;
    this.#site = site;
    this.#prefix = prefix;
  }

  tell(states: AnnouncedStates, { identity, device, cameras, maySwitch, pictures }: Described): void {
    const { id, mac } = identity;
    const { name, model, software, serial } = device ?? {};
    const [outputs, inputs] = [states.pins('do'), states.pins('di')];
    const info = { name, model, software, serial, mac, outputs, inputs, cameras };
    this.#outbox.retain(states.topics.info, JSON.stringify(info));
    if (this.#prefix === undefined) return;
    const nvr = { id, name, model, software, mac, outputs, inputs, maySwitch };
    this.#say(discoveryTopic(this.#prefix, id), nvrDevice(this.#site, states.topics, nvr));
    for (const camera of cameras) {
      const announced = { ...camera, kinds: states.kinds(camera.channel), pictures };
      const topic = discoveryTopic(this.#prefix, id, camera.channel);
      this.#say(topic, cameraDevice(this.#site, states.topics, id, announced));
    }
  }

  clearCamera(id: string, channel: number): void {
    if (this.#prefix !== undefined && channel > 0) this.#outbox.clear(discoveryTopic(this.#prefix, id, channel));
  }

  clearAll(id: string, channels: Iterable<number>): void {
    for (const channel of channels) this.clearCamera(id, channel);
    if (this.#prefix !== undefined) this.#outbox.clear(discoveryTopic(this.#prefix, id));
  }

  #say(topic: string, device: object): void {
    this.#outbox.retain(topic, JSON.stringify(device));
  }
}
