import type { ListedCamera, NvrDevice } from '../../shared/index.js';
import type { Outbox } from '../broker/outbox.js';
import type { SiteTopics } from '../topics.js';
import type { AnnouncedStates } from './announced-states.js';
import { cameraDevice, type Component, type Device, discoveryTopic, nvrDevice } from './home-assistant.js';
import type { Identity } from './identity.js';
import type { Announced, Components } from './memory.js';

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
  /** What each device has had: of what is gone Home Assistant wants a word, or it stays. */
  readonly #components = new Map<string, Components>();

  constructor(outbox: Outbox, site: SiteTopics, prefix: string | undefined) {
    this.#outbox = outbox;
    this.#site = site;
    this.#prefix = prefix;
  }

  /** What Home Assistant is told, to be remembered. */
  get discovery(): Announced['discovery'] {
    return this.#prefix === undefined ? undefined : { prefix: this.#prefix, components: new Map(this.#components) };
  }

  /** What it was told in an earlier run. */
  recall(discovery: Announced['discovery']): void {
    if (discovery?.prefix !== this.#prefix) return;
    for (const [device, components] of discovery?.components ?? []) this.#components.set(device, components);
  }

  tell(states: AnnouncedStates, { identity, device, cameras, maySwitch, pictures }: Described): void {
    const { id, mac } = identity;
    const { name, model, software, serial } = device ?? {};
    const [outputs, inputs] = [states.pins('do'), states.pins('di')];
    const info = { name, model, software, serial, mac, outputs, inputs, cameras };
    this.#outbox.retain(states.topics.info, JSON.stringify(info));
    if (this.#prefix === undefined) return;
    const nvr = { id, name, model, software, mac, outputs, inputs, maySwitch };
    this.#say('nvr', discoveryTopic(this.#prefix, id), nvrDevice(this.#site, states.topics, nvr));
    for (const camera of cameras) {
      const announced = { ...camera, kinds: states.kinds(camera.channel), pictures };
      const topic = discoveryTopic(this.#prefix, id, camera.channel);
      this.#say(String(camera.channel), topic, cameraDevice(this.#site, states.topics, id, announced));
    }
  }

  clearCamera(id: string, channel: number): void {
    this.#components.delete(String(channel));
    if (this.#prefix !== undefined && channel > 0) this.#outbox.clear(discoveryTopic(this.#prefix, id, channel));
  }

  /** Another NVR is there. */
  forget(): void {
    this.#components.clear();
  }

  #say(device: string, topic: string, document: Device): void {
    const had = this.#components.get(device) ?? new Map<string, string>();
    const gone = [...had].filter(([key]) => !Object.hasOwn(document.components, key));
    const components: Record<string, Component> = {
      ...document.components,
      ...Object.fromEntries(gone.map(([key, platform]) => [key, { platform }])),
    };
    this.#outbox.retain(topic, JSON.stringify({ ...document, components }));
    const all = Object.entries(components).map(([key, { platform }]) => [key, String(platform)] as const);
    this.#components.set(device, new Map(all));
  }
}
